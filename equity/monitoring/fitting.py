"""Which chart the data call for, and that chart.

On unchanged series the plain XmR chart signals where there is nothing: limits that know nothing of
how many records a month had, of seasons, or of what last month leaves to this one are too narrow.
So, each asked for by itself and in this order,

1. counts whose denominators vary by more than a tenth (standard deviation over mean) get limits
   that follow the denominators: a p′-chart for shares, a u′-chart for rates (Laney);
2. a series with a season (`season.seasonal_effects`, p < 0.01) gets centre and limits that move
   with it;
3. a series with a memory (`memory.memory`, one-sided 5 %) is charted by its residuals: centre and
   limits stand around what the period before lets expect.

Source of p′ and u′: Laney 2002, Quality Engineering 14: 531–537. Of residual charts: Alwan & Roberts
1988, Journal of Business & Economic Statistics 6: 87–95.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equity.monitoring.chance import false_signal
from equity.monitoring.chart import ControlChart, Direction, assurance
from equity.monitoring.evidence import signal_p
from equity.monitoring.limits import REACH, TRIAL, Numbers, moving_range
from equity.monitoring.memory import MOST
from equity.monitoring.rules import fired
from equity.monitoring.series import Series
from equity.monitoring.unchanged import Unchanged, unchanged

VARIES = 0.1
"""Variation of the denominators from which limits follow them."""
XMR, P_PRIME, U_PRIME = "xmr", "p_prime", "u_prime"
SEASONAL, RESIDUAL = "_seasonal", "_residual"
CHARTS = tuple(
    base + season + rest
    for base in (XMR, P_PRIME, U_PRIME)
    for season in ("", SEASONAL)
    for rest in ("", RESIDUAL)
)
"""Names of charts: a kind of limits, moving with a season or not, of residuals or not."""
_BY_SIZE = {"share": P_PRIME, "rate": U_PRIME}


@dataclass(frozen=True)
class Fitted:
    """A chart of a series, with what chance makes of it.

    `name`: one of `CHARTS`. `p`: for each point the probability of something as extreme, at that
    period by the rule that marks it, in a series that does not change; 1 where nothing marks it.
    `false_signal`: the probability that the chart of an unchanged series of this length, whose
    memory this chart does not take into account, shows at least one signal. `effects`: what each
    season adds, in the values' unit; `carried`: the part of a deviation expected one period later.
    """

    name: str
    chart: ControlChart
    p: Numbers
    false_signal: float
    effects: Numbers
    carried: float


def fitting_chart(
    series: Series, *, direction: Direction = "neutral", target: float | None = None
) -> Fitted:
    """The chart that a series calls for, by the three questions above.

    `direction` and `target` as in `control_chart`; on a chart with a season, a target is met always
    or never where that holds of every season of the last year.

    >>> fitting_chart(Series(np.array([4.0, 6.0] * 10))).name
    'xmr'
    """
    counts = series.counts
    varies = counts is not None and counts.variation > VARIES
    model = unchanged(series, by_size=varies)
    base = _BY_SIZE[counts.kind] if counts is not None and varies else XMR
    return _draw(model, base, model.memory.found, direction, target)


def drawn(
    series: Series, name: str, *, direction: Direction = "neutral", target: float | None = None
) -> Fitted:
    """The chart `name`, one of `CHARTS`, whether or not the series calls for it.

    Raises `ValueError` for another name, or one that needs counts or seasons that are not known.
    """
    base = name.removesuffix(RESIDUAL).removesuffix(SEASONAL)
    needed = _BY_SIZE.get(series.counts.kind) if series.counts is not None else None
    if name not in CHARTS or (base != XMR and base != needed):
        raise ValueError(f"this series has no chart {name!r}")
    if SEASONAL in name and series.season is None:
        raise ValueError(f"{name} needs the season of every period")
    model = unchanged(series, by_size=base != XMR, seasonal=SEASONAL in name)
    return _draw(model, base, name.endswith(RESIDUAL), direction, target)


def _draw(
    model: Unchanged, base: str, residual: bool, direction: Direction, target: float | None
) -> Fitted:
    series, known = model.series, model.known
    memory = min(max(model.memory.value, 0.0), MOST)
    carried = memory if residual else 0.0
    unexpected, wider = model.residuals(model.away / model.error, carried)
    independent = model.independent()
    reach, p = np.zeros(len(known)), np.ones(len(known))
    signals = np.zeros(len(known), dtype=np.int8)
    lost = series.seasons * model.seasonal + 1
    for part in model.parts:
        reach[part] = _reach(unexpected[part] / wider[part]) * wider[part]
        found = fired(unexpected[part], reach[part])
        signals[part] = found.signals()
        p[part] = signal_p(independent[part], found, lost)

    def everywhere(numbers: Numbers, otherwise: float = np.nan) -> Numbers:
        whole = np.full(len(series.values), otherwise)
        whole[known] = numbers
        return whole

    centre = everywhere(series.values[known] - unexpected * model.error)
    limit = everywhere(np.where(reach > 0, reach * model.error, np.nan))
    lower, upper = centre - limit, centre + limit
    marks = everywhere(signals.astype(float), 0.0).astype(np.int8)
    return Fitted(
        base + SEASONAL * model.seasonal + RESIDUAL * residual,
        ControlChart(
            series.values,
            centre,
            lower,
            upper,
            marks,
            assurance(*_year(lower, upper, series.seasons), target, direction),
            min(len(known[part]) for part in model.parts) < TRIAL,
        ),
        everywhere(p, 1.0),
        false_signal(len(known), 0.0 if residual else memory),
        model.effects,
        carried,
    )


def _reach(points: Numbers) -> float:
    """The distance of the limits; 0 where nothing moves."""
    reach = REACH * float(moving_range(points))
    return reach if reach > 1e-9 * float(np.abs(points).max(initial=0.0)) else 0.0


def _year(lower: Numbers, upper: Numbers, seasons: int) -> tuple[Numbers, Numbers]:
    """The outermost limits of the last year, as a series of one."""
    low, high = lower[~np.isnan(lower)][-seasons:], upper[~np.isnan(upper)][-seasons:]
    if not len(low):
        return np.full(1, np.nan), np.full(1, np.nan)
    return low.min(keepdims=True), high.max(keepdims=True)
