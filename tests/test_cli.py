"""The commands as they are typed: what they say, and their exit codes."""

from __future__ import annotations

import re
import shutil
import socket
import sys
from pathlib import Path

import pytest
import typer

from equity import cli, pipeline
from equity.errors import EquityError
from equity.ui import serve

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def city(tmp_path, monkeypatch) -> Path:
    """A copy of the sample workspace, with nothing built."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("store"))
    monkeypatch.setenv("EQUITY_WORKSPACE", str(folder))
    monkeypatch.delenv("EQUITY_STORE", raising=False)
    return folder


def typed(monkeypatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["equity", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_status_before_any_build_says_what_to_do(city, monkeypatch, capsys):
    assert typed(monkeypatch, "status") == 0
    assert "build --publish" in capsys.readouterr().out


def test_check_of_the_sample_finds_no_error(city, monkeypatch, capsys):
    assert typed(monkeypatch, "check") == 0
    assert "0 errors" in capsys.readouterr().out


def test_check_prints_every_problem_and_fails(city, monkeypatch, capsys):
    for name in ("city.yml", "dimensions.yml"):
        with (city / name).open("a") as file:
            file.write("no_such_field: 1\n")
    assert typed(monkeypatch, "check") == 1
    told = capsys.readouterr()
    assert "city.yml" in told.err
    assert "dimensions.yml" in told.err
    assert re.search(r"^[2-9] errors", told.out, re.MULTILINE)


def test_a_fault_is_told_without_a_traceback(city, monkeypatch, capsys):
    assert typed(monkeypatch, "publish") == 1
    told = capsys.readouterr()
    assert "no finished build" in told.err
    assert "Traceback" not in told.err


def test_no_workspace_is_a_fault_with_a_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EQUITY_WORKSPACE", str(tmp_path))
    assert typed(monkeypatch, "status") == 1
    assert "EQUITY_WORKSPACE" in capsys.readouterr().err


def test_a_command_typed_wrongly_has_its_own_code(city, monkeypatch, capsys):
    assert typed(monkeypatch, "biuld") == 2
    assert typed(monkeypatch, "build", "--rows", "0") == 2
    capsys.readouterr()


def test_an_interrupted_build_says_that_nothing_was_lost(city, monkeypatch, capsys):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "build", interrupted)
    assert typed(monkeypatch, "build") == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_port_in_use_is_told_before_anything_is_built(city, monkeypatch, capsys):
    with socket.socket() as other:
        other.bind((cli.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        assert typed(monkeypatch, "run", "--port", str(port)) == 1
    assert f"Port {port} cannot be used" in capsys.readouterr().err
    assert not (city / "store").exists()


def test_no_audience_but_this_workstation_is_served(city, monkeypatch, capsys):
    monkeypatch.setenv("EQUITY_AUDIENCE", "internet")
    assert typed(monkeypatch, "run") == 1
    with pytest.raises(EquityError, match="EQUITY_AUDIENCE"):
        serve.settings()
    told = capsys.readouterr().err
    assert "EQUITY_AUDIENCE: Found internet. Expected workstation. Unset it." in told
    assert not (city / "store").exists()


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.4", "::", "", "example.org"])
def test_no_address_but_this_machine_s_is_served(address, city, monkeypatch, capsys):
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", address)
    assert typed(monkeypatch, "run") == 1
    assert "server.address" in capsys.readouterr().err
    with pytest.raises(EquityError, match=r"Unset STREAMLIT_SERVER_ADDRESS"):
        serve.settings()
    assert not (city / "store").exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_s_own_addresses_are_served(address, monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", address)
    assert serve.settings()["server.address"] == address
    monkeypatch.delenv("STREAMLIT_SERVER_ADDRESS")
    assert serve.settings()["server.address"] == cli.HOST


def test_a_dataset_that_is_not_there_is_told(city, monkeypatch, capsys, tmp_path):
    out = tmp_path / "rows.csv"
    assert typed(monkeypatch, "quarantine", "no_such", "a.csv", "--out", str(out)) == 1
    assert "There is no dataset no_such" in capsys.readouterr().err
    assert not out.exists()


def test_a_digest_is_written_in_the_city_s_languages(sample, monkeypatch, capsys):
    monkeypatch.setenv("EQUITY_WORKSPACE", str(sample.root))
    monkeypatch.setenv("EQUITY_STORE", str(sample.store))
    assert typed(monkeypatch, "digest", "--since", "2024-07-01") == 0
    assert capsys.readouterr().out.startswith("# San José: what changed since July 1, 2024\n")
    spanish = ("digest", "--since", "2024-07-01", "--format", "html", "--language", "es")
    assert typed(monkeypatch, *spanish) == 0
    assert '<html lang="es">' in capsys.readouterr().out
    assert typed(monkeypatch, "digest", "--since", "2024-07-01", "--language", "xx") == 1
    assert "en, es" in capsys.readouterr().err
    assert typed(monkeypatch, "digest", "--since", "July") == 2


def test_a_terminal_gets_bars_and_a_log_gets_lines(monkeypatch, capsys):
    with cli._progress() as progress:
        progress("Taking in calls", 0.0)
        progress("Taking in calls", 0.5)
        progress("Taking in calls", 1.0)
    assert capsys.readouterr().err == "Taking in calls …\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with cli._progress() as progress:
        progress("Taking in calls", 0.5)
    assert "Taking in calls" in capsys.readouterr().err


def test_every_command_and_option_is_documented():
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    commands = typer.main.get_command(cli.app).commands
    assert set(commands) == {
        "build", "publish", "check", "status", "run", "digest", "quarantine", "schemas",
        "calibrate",
    }  # fmt: skip
    for name, command in commands.items():
        section = re.search(
            rf"^## `{name}[ A-Z]*`$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
        )
        assert section, f"docs/commands.md has no section `{name}`"
        for option in command.params:
            if option.param_type_name == "argument":
                continue
            for flag in (*option.opts, *option.secondary_opts):
                assert f"`{flag}" in section[1], f"{name} {flag} is not in docs/commands.md"
