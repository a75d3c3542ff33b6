"""What would serve any Textual program: the driver, fewer bytes, slow lines, painted rows."""
