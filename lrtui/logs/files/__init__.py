"""One reader a format, each fed with the bytes of a file as it grows."""
