"""Records and definitions to cells to estimates, in DuckDB through Ibis."""
