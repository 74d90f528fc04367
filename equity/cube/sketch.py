"""Quantile sketches: how many values fall in each logarithmic bucket.

A positive value v is in bucket i when γ^(i−1) < v ≤ γ^i, with γ = (1 + α)/(1 − α); the bucket's
representative 2γ^i/(γ + 1) is within α of every value in it. Sketches merge by adding counts, so a
quantile of merged cells is as exact as one of a single cell. Source: Masson, Rim & Lee 2019,
DDSketch, PVLDB 12: 2195–2205.

Buckets are numbered so that their order is the order of the values: `SHIFT + i` for positive
values, 0 for zero, `−(SHIFT + i)` for negative ones.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

ALPHA = 0.01
"""Largest relative error of a quantile."""
GAMMA = (1 + ALPHA) / (1 - ALPHA)
SHIFT = 100_000
"""Above |log_γ| of every double, so that positive values keep positive numbers."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def bucket(value: float) -> int:
    """The bucket of one finite value.

    >>> bucket(1.0) - SHIFT, bucket(0), bucket(-1.0) + SHIFT
    (0, 0, 0)
    """
    if value == 0:
        return 0
    index = math.ceil(math.log(abs(value)) / math.log(GAMMA))
    return (SHIFT + index) if value > 0 else -(SHIFT + index)


def representative(buckets: npt.ArrayLike) -> Floats:
    """The value that stands for each bucket, within α of all values in it."""
    numbers = np.asarray(buckets, dtype=np.int64)
    size = 2 * GAMMA ** (np.abs(numbers) - SHIFT).astype(float) / (GAMMA + 1)
    return np.where(numbers == 0, 0.0, np.sign(numbers) * size)


def edges(buckets: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The lowest and highest value that each bucket can hold."""
    numbers = np.asarray(buckets, dtype=np.int64)
    outer = GAMMA ** (np.abs(numbers) - SHIFT).astype(float)
    inner = outer / GAMMA
    low = np.where(numbers > 0, inner, -outer)
    high = np.where(numbers > 0, outer, -inner)
    return np.where(numbers == 0, 0.0, low), np.where(numbers == 0, 0.0, high)


def at_rank(owner: Integers, buckets: Integers, counts: Integers, ranks: Floats) -> Integers:
    """The bucket of the `ranks[i]`-th smallest value (from 1) of sketch i.

    `owner`, `buckets` and `counts` list all sketches' buckets, sorted by owner and bucket; owners
    are 0 … len(ranks) − 1 and each has at least one bucket. Ranks must lie in 1 … n; a NaN rank
    gives some bucket, which the caller leaves out.
    """
    running = np.cumsum(counts)
    first = np.searchsorted(owner, np.arange(len(ranks)))
    before = running[first] - counts[first]
    positions = np.searchsorted(running, before + np.nan_to_num(ranks, nan=1.0), side="left")
    return buckets[np.minimum(positions, len(buckets) - 1)]


def quantile(owner: Integers, buckets: Integers, counts: Integers, n: Floats, p: float) -> Floats:
    """The `p` quantile of each sketch, interpolated between neighbours as numpy does by default."""
    position = (n - 1) * p + 1
    low = representative(at_rank(owner, buckets, counts, np.floor(position)))
    high = representative(at_rank(owner, buckets, counts, np.ceil(position)))
    return low + (position - np.floor(position)) * (high - low)
