"""One line a measurement: what was measured, how large it is, what it may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A measurement. `limit` None: for information; `at_least`: larger is better."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether the measurement is within its limit.

        >>> Line("a", 2.0, "s", limit=3.0).kept, Line("b", 19.0, "×", 20.0, at_least=True).kept
        (True, False)
        """
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        limit = "" if self.limit is None else f"{sign} {self.limit:g} {self.unit}"
        verdict = "" if self.limit is None else ("kept" if self.kept else "MISSED")
        return f"{self.name:<52} {self.value:>9.3g} {self.unit:<3} {limit:<10} {verdict:<7} {self.note}".rstrip()  # fmt: skip
