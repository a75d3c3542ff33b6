"""Logs of trainings that others wrote: read into values, never written."""
