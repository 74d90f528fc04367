"""python -m equity."""
