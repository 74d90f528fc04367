"""Records of cities with known truth: the sample and the benchmarks."""
