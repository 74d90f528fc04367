"""Boundaries, point to place, populations carried between levels, attributes of places."""
