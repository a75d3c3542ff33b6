"""Accidents that are brought about for real, and what became of them: ``docs/reliability.md``."""
