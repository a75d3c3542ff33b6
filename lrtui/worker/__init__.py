"""Our own training process: builds a training from its settings and serves the program."""
