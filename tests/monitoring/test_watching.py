"""What is charted of a publication, and what its signals say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from equity.monitoring.watching import signals, watch
from equity.schema import CHART_COLUMNS, SERIES_KEY, SIGNAL_COLUMNS
from equity.workspace import Workspace
from tests.monitoring.published import MONTHS, QUARTERS, Published, definitions, draw, shares

N = np.full(84, 400)
NQ = np.full(28, 1200)


def series(frame: pd.DataFrame) -> set[tuple[str, ...]]:
    columns = ["period_kind", "place_level", "place", "dimension", "group", "series"]
    return set(frame[columns].itertuples(index=False, name=None))


def test_city_groups_and_places_are_charted_and_so_are_their_gaps() -> None:
    rng = np.random.default_rng(1)
    rows = [
        *shares(draw(rng), N),
        *shares(draw(rng, 28), NQ, QUARTERS),
        *shares(draw(rng, 28), NQ, QUARTERS, dimension="language", group="es"),
        *shares(draw(rng, 28), NQ, QUARTERS, dimension="language", group="unknown"),
        *shares(draw(rng), N, place_level="district", place="3"),
        *shares(draw(rng), N, place_level="district", place="outside"),
    ]
    found = watch(Published(rows), definitions())  # type: ignore[arg-type]
    assert series(found.charts) == {
        ("month", "city", "city", "", "", "value"),
        ("quarter", "city", "city", "language", "es", "value"),
        ("quarter", "city", "city", "language", "es", "gap"),
        ("month", "district", "3", "", "", "value"),
        ("month", "district", "3", "", "", "gap"),
    }
    assert tuple(found.charts.columns) == CHART_COLUMNS
    assert tuple(found.signals.columns) == SIGNAL_COLUMNS
    assert (found.charts["points"] == [84, 84, 84, 28, 28]).all()


def test_a_signal_says_when_where_and_how_improbable_it_is() -> None:
    x = draw(np.random.default_rng(2))
    x[80] = 320
    city = shares(np.full(84, 240), N)
    place = shares(x, N, place_level="district", place="3")
    found = signals(Published([*city, *place]), definitions())  # type: ignore[arg-type]
    told = found[found["p"] < 1e-6].set_index("series")
    assert set(told.index) == {"value", "gap"}
    assert (told["period"] == MONTHS[80]).all()
    assert list(told.loc[["value", "gap"], "signal"]) == ["above_limit", "below_limit"]
    value = told.loc["value"]
    assert value["lower"] < value["centre"] < value["upper"] < value["value"] == 80
    assert told.loc["gap", "value"] == pytest.approx(-20)  # positive is behind


def test_what_has_no_value_yet_or_not_the_whole_period_is_left_out() -> None:
    x = draw(np.random.default_rng(3))
    x[[0, 40, 83]] = 395
    rows = shares(x, N)
    rows[0]["note"] = "cube.partial_period"
    rows[83]["immature"] = True
    rows[40] |= {"status": "suppressed", "estimate": None, "n": None, "denominator": None}
    found = watch(Published(rows), definitions())  # type: ignore[arg-type]
    assert list(found.charts["points"]) == [81]
    assert list(found.charts["first"]) == [MONTHS[1]]
    assert list(found.charts["last"]) == [MONTHS[82]]
    assert not set(found.signals["period"]) & {MONTHS[0], MONTHS[40], MONTHS[83]}


@pytest.mark.parametrize("known", [12, 13])
def test_trial_limits_raise_no_signals(known: int) -> None:
    rows = shares(draw(np.random.default_rng(4)), N)
    for row in rows[known:]:
        row |= {"status": "no_records", "estimate": None}
    found = watch(Published(rows), definitions())  # type: ignore[arg-type]
    assert len(found.charts) == (known >= 13)


def test_nothing_published_gives_empty_frames() -> None:
    found = watch(Published([]), definitions())  # type: ignore[arg-type]
    assert found.signals.empty
    assert tuple(found.charts.columns) == CHART_COLUMNS


@pytest.mark.parametrize("after", [12, 13])
def test_a_named_change_begins_new_limits_when_they_are_no_trial(after: int) -> None:
    x = draw(np.random.default_rng(5))
    x[84 - after :] += 60
    on = MONTHS[84 - after].date()
    changed = definitions(changes=[{"on": on, "text": "New crews"}])
    found = signals(Published(shares(x, N)), changed)  # type: ignore[arg-type]
    late = found[found["period"] >= pd.Timestamp(on)]
    assert (len(late) > 10) == (after < 13)


def test_the_sample_has_the_changes_that_were_planted(sample: Workspace) -> None:
    from equity.framework import load
    from equity.publication import open_publication

    found = watch(open_publication(sample), load(sample))
    assert len(found.charts) > 50
    assert not found.charts.duplicated(list(SERIES_KEY)).any()
    assert not found.signals.duplicated([*SERIES_KEY, "period"]).any()
    assert found.charts["false_signal"].between(0.05, 1).all()
    assert found.signals["p"].between(0, 1).all()
    assert (found.signals["period"] >= pd.Timestamp(date(2019, 7, 1))).all()
