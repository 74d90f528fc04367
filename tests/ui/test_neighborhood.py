"""Where a place stands: only what has a better side is judged."""

from __future__ import annotations

from equity.findings import Entry
from equity.ui.neighborhood import Standing
from tests.narrative import samples


def standing(entry: Entry | None = samples.DISTRICTS[3], **changes: object) -> Standing:
    return Standing(samples.finding(), entry, samples.metric(**changes))


def test_counts_and_neutral_metrics_judge_nobody() -> None:
    assert standing().judged
    assert not standing(direction="neutral").judged
    assert not standing(unit="count").judged


def test_a_place_that_is_not_published_does_not_stand_anywhere() -> None:
    assert standing().position == "behind"
    assert standing(None).position == "not_applicable"
