"""Measure speeds and sizes: python -m bench [--only PART] [--rows N] [--big] [--strict]."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from bench import browser, charting, city, locate, measures, queries, tables, verdicts
from bench.report import Line

ROWS = 10_000_000
BIG = 50_000_000


def main() -> int:
    """Run the parts that were asked for, a line a measurement; 1 where --strict and one missed."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("--only", action="append", metavar="PART", help="repeatable")
    arguments.add_argument("--rows", type=int, default=ROWS, help="records (10 million)")
    arguments.add_argument("--big", action="store_true", help="also build 50 million records")
    arguments.add_argument("--strict", action="store_true", help="fail where a limit is missed")
    arguments.add_argument("--verbose", action="store_true", help="every single table")
    chosen = arguments.parse_args()
    parts: dict[str, Callable[[], Iterator[Line]]] = {
        "locate": locate.measure,
        "charting": charting.measure,
        "measures": measures.measure,
        "verdicts": verdicts.measure,
        "sample": city.measure_sample,
        "build": lambda: city.measure_build(chosen.rows),
        "tables": lambda: tables.measure(
            city.build(chosen.rows).workspace, chosen.rows, chosen.verbose
        ),
        "queries": lambda: queries.measure(city.build(chosen.rows).workspace, chosen.rows),
        "app": lambda: browser.measure(city.build(chosen.rows).workspace),
    }
    if chosen.big:
        parts["big"] = lambda: city.measure_build(BIG, limit=4)
    unknown = set(chosen.only or []) - set(parts)
    if unknown:
        arguments.error(f"no part {', '.join(unknown)}; there are {', '.join(parts)}")
    missed = 0
    for name, measure in parts.items():
        if not chosen.only or name in chosen.only:
            for line in measure():
                print(line, flush=True)
                missed += not line.kept
    print(f"{missed} limits missed" if missed else "every limit kept")
    return int(chosen.strict and missed > 0)


if __name__ == "__main__":
    sys.exit(main())
