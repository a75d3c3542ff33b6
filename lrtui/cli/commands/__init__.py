"""One command a file, each called ``command`` in it."""
