"""Intervals and standard errors: pure functions over arrays."""
