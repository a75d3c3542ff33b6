"""Runs on the screen: the session with the worker, the table of epochs, the list of runs."""
