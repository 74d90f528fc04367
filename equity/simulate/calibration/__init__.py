"""Calibration: are intervals, verdicts and trends right as often as they say?

Cities with known truth are simulated and the program's own functions are asked. `CHECKS` are the
requirements, `run` measures them, `markdown` writes what came of it.
"""

from equity.simulate.calibration.document import markdown
from equity.simulate.calibration.registry import CHECKS
from equity.simulate.calibration.running import RUNS, SEED, run

__all__ = ["CHECKS", "RUNS", "SEED", "markdown", "run"]
