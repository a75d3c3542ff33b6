"""The watching side: the client of a training, records of runs, comparing them. No Keras."""
