"""Records and definitions to cells to estimates, in DuckDB through Ibis."""

from equity.cube.aggregate import build_aggregate
from equity.cube.build import build
from equity.cube.estimate import estimate

__all__ = ["build", "build_aggregate", "estimate"]
