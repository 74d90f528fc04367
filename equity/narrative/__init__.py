"""Findings to sentences, in each language."""
