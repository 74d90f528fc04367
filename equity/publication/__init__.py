"""The read side: versions, the read-only connection, slices."""
