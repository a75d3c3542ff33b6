"""Whole trainings as one compiled loop over arrays of rates, with the numbers of ``fit``."""
