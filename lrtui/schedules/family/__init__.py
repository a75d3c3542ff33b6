"""The family: one schedule a file. A file put here is in the catalogue; nothing else is needed."""
