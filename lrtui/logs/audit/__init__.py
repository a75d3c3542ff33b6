"""Holds the rates of a log against a schedule, and says what explains the difference."""
