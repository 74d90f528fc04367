"""Every measure of disparity on the breakdown page: reckoned when its fold is opened, in words."""

from __future__ import annotations

import pytest

from equity.findings import compare
from equity.findings.measures import CODES, FAMILIES
from equity.framework.load import load
from equity.i18n import LANGUAGES, Translator
from equity.publication import open_publication
from equity.ui import measures
from equity.workspace import Workspace
from tests.pages.conftest import Open, markup, said

FIRE = {"metric": "priority1_within_8_minutes", "by": "income_fifth", "level": "district"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fold_is_filled_when_it_is_opened(
    open_page: Open, sample: Workspace, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoned = []
    real = measures.describe
    monkeypatch.setattr(measures, "describe", lambda *a: reckoned.append(a[2].by) or real(*a))
    app = open_page("breakdown", lang=language, **FIRE)
    assert reckoned == []
    assert not any("eq-measures" in body for body in markup(app))
    app.session_state["measures-groups"] = True
    app.run()
    assert not app.exception
    assert reckoned == ["income_fifth"]
    say, page = Translator(language), " ".join(markup(app))
    for family in FAMILIES:
        assert say(f"measures.family_{family}") in page
    for code in CODES:
        assert say(f"measures.name_{code}") in page
    assert page.count("<details>") == len(CODES) - 2  # there is no reference group
    assert say("measures.formula_bgsd") in page
    text = " ".join(said(app))
    assert say("measures.note_needs_reference") in text
    subject = load(sample).metrics[FIRE["metric"]].subject[language]
    assert subject.lower() in text.lower()


def test_the_values_are_those_of_the_comparison(open_page: Open, sample: Workspace) -> None:
    publication, definitions = open_publication(sample), load(sample)
    finding = compare(publication, definitions, FIRE["metric"], by="income_fifth")
    ends = [entry.estimate for entry in finding.entries if entry.code in ("1", "5")]
    assert None not in ends
    far = abs(ends[0] - ends[1])  # type: ignore[operator]
    app = open_page("breakdown", **FIRE)
    app.session_state["measures-groups"] = True
    text = " ".join(said(app.run()))
    assert f"{float(f'{far:.3g}'):g} points" in text


@pytest.mark.parametrize(
    ("metric", "field", "told"),
    [
        ("scholarship_recipients", "measures-groups", "weight_expected"),
        ("qualified_program_penetration", "measures-groups", "weight_people"),
        ("dumping_median_days", "measures-places", "weight_records"),
    ],
)
def test_what_population_means_is_said(open_page: Open, metric: str, field: str, told: str) -> None:
    app = open_page("breakdown", metric=metric)
    app.session_state[field] = True
    app.run()
    assert not app.exception
    page = " ".join(said(app))
    assert Translator("en")(f"measures.{told}", subject="requests") in page
    assert any("eq-measures" in body for body in markup(app))
