"""Frames to Altair charts with alternative text; pure functions."""
