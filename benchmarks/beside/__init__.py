"""Minimal apps that lrtui is measured beside. Each is what its library's first example is."""
