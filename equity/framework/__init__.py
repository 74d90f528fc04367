"""Definitions as data: models, loading with line numbers, expressions, checks, JSON schemas."""
