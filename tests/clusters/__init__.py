"""Sweeps on engines of others: Dask on the loopback, submitit's local executor."""
