"""Measures of published comparisons: their values and weights, and who is not in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from equity.findings import compare, comparisons, period_kinds
from equity.findings.measures import CODES
from equity.findings.measures.published import Described, describe
from equity.framework.load import load
from equity.framework.models import Definitions
from equity.publication import Publication, open_publication
from equity.schema import OUTSIDE, UNKNOWN
from equity.workspace import Workspace


@pytest.fixture
def definitions(sample: Workspace) -> Definitions:
    return load(sample)


@pytest.fixture
def publication(sample: Workspace) -> Publication:
    return open_publication(sample)


def described(
    publication: Publication, definitions: Definitions, metric: str, by: str, **options: Any
) -> Described:
    finding = compare(publication, definitions, metric, by=by, **options)
    found = describe(publication, definitions, finding)
    assert found is not None
    return found


def value(found: Described, code: str) -> float:
    [one] = [one for one in found.summaries if one.code == code]
    return one.estimate


def test_every_comparison_of_the_sample_has_its_measures(
    publication: Publication, definitions: Definitions
) -> None:
    for metric in definitions.metrics:
        for by in comparisons(publication, metric):
            found = described(publication, definitions, metric, by)
            assert [one.code for one in found.summaries] == list(CODES)
            for one in found.summaries:
                assert one.notes or not np.isnan(one.estimate)


def test_shares_weigh_by_their_records(publication: Publication, definitions: Definitions) -> None:
    metric = "priority1_within_8_minutes"
    finding = compare(publication, definitions, metric, by="income_fifth")
    entries = [e for e in finding.entries if e.code not in (UNKNOWN, OUTSIDE)]
    y, n = np.array([[e.estimate, e.n] for e in entries], dtype=float).T
    found = described(publication, definitions, metric, "income_fifth")
    assert (found.weight, found.unit, found.ordered) == ("records", "percent", True)
    mean = np.average(y, weights=n)
    assert value(found, "bgv") == pytest.approx(np.average((y - mean) ** 2, weights=n))
    known = {e.code: e.estimate for e in entries}
    assert value(found, "d") == pytest.approx(known["5"] - known["1"])  # type: ignore[operator]
    assert value(found, "sii") > 0


def test_lower_is_better_turns_the_order_round(
    publication: Publication, definitions: Definitions
) -> None:
    metric = "slow_over_12_minutes"
    finding = compare(publication, definitions, metric, by="income_fifth", period_kind="all")
    known = {e.code: e.estimate for e in finding.entries}
    found = described(publication, definitions, metric, "income_fifth", period_kind="all")
    assert value(found, "d") == pytest.approx(known["1"] - known["5"])  # type: ignore[operator]


def test_rates_weigh_by_people(publication: Publication, definitions: Definitions) -> None:
    metric = "qualified_program_penetration"
    finding = compare(publication, definitions, metric, by="income")
    entries = [e for e in finding.entries if e.denominator and e.code != UNKNOWN]
    y, people = np.array([[e.estimate, e.denominator] for e in entries], dtype=float).T
    found = described(publication, definitions, metric, "income")
    assert found.weight == "people"
    mean = np.average(y, weights=people)
    assert value(found, "mdmw") == pytest.approx(np.average(abs(y - mean), weights=people))
    assert [one.notes[0].name for one in found.summaries if one.code == "sii"] == ["needs_scale"]


def test_representation_is_measured_in_shares_of_the_fair_share(
    publication: Publication, definitions: Definitions
) -> None:
    metric, kind = "scholarship_recipients", "fiscal_year"
    finding = compare(publication, definitions, metric, by="race", period_kind=kind)
    found = described(publication, definitions, metric, "race", period_kind=kind)
    rows = publication.slice(metric, dimension="race", period_kind=kind, period=finding.period)
    rows = rows[rows["group"] != UNKNOWN]
    ratio = rows["estimate"] / rows["expected"]
    assert (found.weight, found.unit, found.sign) == ("expected", "", 0)
    assert value(found, "r") == pytest.approx(ratio.max() / ratio.min())
    assert value(found, "d") == pytest.approx(ratio.max() - ratio.min())
    assert np.isnan(value(found, "par"))


def test_what_is_withheld_is_named_and_not_measured(
    publication: Publication, definitions: Definitions
) -> None:
    """A place that is suppressed is in no measure, and is listed as what it is."""
    withheld = 0
    for metric in definitions.metrics:
        for by in comparisons(publication, metric):
            for kind in period_kinds(publication, metric, by):
                finding = compare(publication, definitions, metric, by=by, period_kind=kind)
                found = describe(publication, definitions, finding)
                assert found is not None
                compared = [e for e in finding.entries if e.code not in (UNKNOWN, OUTSIDE)]
                for status, codes in found.missing.items():
                    assert set(codes) == {e.code for e in compared if e.status == status}
                if found.missing["suppressed"] and not np.isnan(value(found, "d")):
                    [d] = [one for one in found.summaries if one.code == "d"]
                    [note] = [note for note in d.notes if note.name == "left_out"]
                    assert set(found.missing["suppressed"]) <= set(note.groups)
                    withheld += 1
    assert withheld
