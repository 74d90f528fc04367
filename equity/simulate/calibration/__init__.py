"""Calibration: are intervals, verdicts and trends right as often as they say?

Cities with known truth are simulated and the program's own functions are asked. `CHECKS` are the
requirements, `run` measures them, `curve` says how large a gap is found with how many records;
`markdown` and `table` write what came of them.
"""

from equity.simulate.calibration.document import markdown, table
from equity.simulate.calibration.power import curve
from equity.simulate.calibration.registry import CHECKS
from equity.simulate.calibration.running import RUNS, SEED, run

__all__ = ["CHECKS", "RUNS", "SEED", "curve", "markdown", "run", "table"]
