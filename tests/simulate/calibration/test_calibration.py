"""Calibration itself: it misses what is wrong, and the committed document holds what it demands."""

from __future__ import annotations

import re
import sys
from functools import partial

import numpy as np
import pytest

from equity import cli, estimates
from equity.estimates.arrays import Interval, Numbers
from equity.simulate.calibration import CHECKS, RUNS, SEED, intervals, markdown, run
from equity.simulate.calibration.model import Case, Check, Outcome, average, proportion

NAMES = [check.name for check in CHECKS]
PROOF_RUNS = 500


def wald(x: Numbers, n: Numbers, confidence: Numbers) -> Interval:
    """The textbook interval p ± z·√(p(1−p)/n), which is known to cover too seldom."""
    p = np.asarray(x, float) / np.asarray(n, float)
    half = estimates.z(confidence) * np.sqrt(p * (1 - p) / n)
    return p - half, p + half


def check_of(name: str) -> Check:
    return CHECKS[NAMES.index(name)]


def test_a_bad_interval_of_shares_is_reported_as_missed() -> None:
    bad = Check("bad", "t", "w", partial(intervals.shares, interval=wald), 0.94, 0.96)
    [outcome] = run(500, checks=[bad])
    assert not outcome.held
    assert len(outcome.missed) >= 2
    assert "| **missed** |" in markdown([outcome], [], runs=500, seed=SEED)


def test_wilsons_interval_among_many_groups_is_reported_as_missed() -> None:
    bad = Check("bad", "t", "w", partial(intervals.together, interval=estimates.wilson), 0.94)
    [outcome] = run(500, checks=[bad])
    assert any("30 small groups, share 2%" in case.population for case in outcome.missed)


def test_a_check_depends_on_its_seed_and_name_alone() -> None:
    [alone] = run(200, checks=[check_of("counts")])
    _, beside = run(200, checks=[check_of("representation"), check_of("counts")])
    [other] = run(200, seed=SEED + 1, checks=[check_of("counts")])
    assert alone.cases == beside.cases
    assert alone.cases != other.cases


def test_a_requirement_is_missed_only_beyond_its_error() -> None:
    check = Check("c", "t", "w", lambda runs, rng: [], at_least=0.94, at_most=0.96)
    standings = [check.standing(Case("p", value, 0.01, 500)) for value in (0.95, 0.93, 0.97, 0.90, 0.99)]  # fmt: skip
    assert standings == ["held", "within_error", "within_error", "missed", "missed"]
    assert check.standing(Case("p", 0.5, 0.0, 1, judged=False)) == "reported"


def test_a_check_without_a_judged_case_is_not_held() -> None:
    check = check_of("shares")
    assert not Outcome(check, ()).held
    assert not Outcome(check, (Case("p", 0.95, 0.0, 1, judged=False),)).held


def test_monte_carlo_errors_are_those_of_proportions_and_means() -> None:
    assert proportion("p", [1, 1, 1, 0]).error == pytest.approx(np.sqrt(0.75 * 0.25 / 4))
    assert average("p", [0.0, 0.5, 1.0]).error == pytest.approx(0.5 / np.sqrt(3))


def test_names_of_checks_are_unique_and_each_demands_something() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(check.at_least is not None or check.at_most is not None for check in CHECKS)


def test_the_committed_document_has_every_check_and_each_is_held() -> None:
    text = cli.CALIBRATION.read_text("utf-8")
    assert f"{RUNS:,} runs" in text
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    assert list(sections) == NAMES
    assert "| **missed** |" not in text
    for name, section in sections.items():
        assert check_of(name).what in section, f"{name} is not as generated"
        assert re.search(r"\| held( within error)? \|$", section, re.MULTILINE), name


def test_the_command_writes_the_document_and_fails_where_one_misses(
    tmp_path, monkeypatch, capsys
) -> None:
    def command(*checks: Check) -> int:
        monkeypatch.setattr("equity.simulate.calibration.run", partial(run, checks=checks))
        out = tmp_path / "new" / "calibration.md"
        words = ["equity", "calibrate", "--runs", "300", "--seed", "7", "--out", str(out)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert "300 runs of each population, seed 7" in out.read_text("utf-8")
        return int(ended.value.code or 0)

    assert command(check_of("counts")) == 0
    assert command(Check("bad", "t", "w", partial(intervals.shares, interval=wald), 0.94)) == 1
    assert "missed: bad" in capsys.readouterr().err


@pytest.mark.proof
@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_every_requirement_is_held(check: Check) -> None:
    [outcome] = run(PROOF_RUNS, checks=[check])
    assert outcome.held, [(case.population, case.value) for case in outcome.missed]
