"""What the plots and the readout show, as values and pure functions. No widget."""
