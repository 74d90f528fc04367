"""Records of cities with known truth: the sample and the benchmarks."""

from equity.simulate.copies import parquet_copy
from equity.simulate.generate import Progress, generate

__all__ = ["Progress", "generate", "parquet_copy"]
