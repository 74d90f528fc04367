"""What the interval functions share: arrays, normal quantiles, simultaneous confidence."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
"""An array of floats, of any shape (0-dimensional for scalars)."""
Interval: TypeAlias = tuple[Array, Array]
"""Lower and upper ends."""
Numbers: TypeAlias = npt.ArrayLike
"""What can become an array of floats."""

MARGIN_Z = 1.645
"""A published 90 % margin of error is this many standard errors (US Census Bureau)."""


def floats(*values: Any) -> tuple[Array, ...]:
    """`values` as float arrays of one common shape."""
    return tuple(np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in values)))


def z(confidence: Numbers) -> Array:
    """Normal quantile of a two-sided interval.

    >>> round(float(z(0.95)), 6)
    1.959964
    """
    from scipy.special import ndtri

    return np.asarray(ndtri(1 - (1 - np.asarray(confidence, dtype=float)) / 2), dtype=float)


def bonferroni(k: Numbers, confidence: Numbers = 0.95) -> Array:
    """Confidence of each of `k` intervals so that all hold together with `confidence`.

    Bonferroni's inequality: 1 − (1 − confidence)/k. `k` below 1 counts as 1.

    >>> float(bonferroni(10))
    0.995
    """
    count, level = floats(k, confidence)
    return 1 - (1 - level) / np.maximum(count, 1)
