"""Exported code, executed against the real libraries: `make test-libraries`."""
