"""Benchmarks: this project against plain Sphinx and against what it would be replaced with."""
