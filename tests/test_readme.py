"""The README's commands run as written, and what it and the docs name is there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "data/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^    (\S.*?)\s*(?:#.*)?$", re.MULTILINE)
ROWS = 3000


def commands() -> list[str]:
    """Every command that stands indented in the README, without its remark, lines joined."""
    text = re.sub(r"```.*?```", "", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    return [command for command in BLOCK.findall(text) if "→" not in command]


def run(words: list[str], store: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "EQUITY_STORE": str(store), **more}
    return subprocess.run(
        words, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_readme_has_its_commands() -> None:
    found = commands()
    assert found[:2] == ["make run", "make test"]
    for name in ("check", "build", "publish", "status", "run"):
        assert f"python -m equity {name}" in found


def test_what_is_typed_first_is_two_commands() -> None:
    first = (ROOT / "README.md").read_text("utf-8").split("\n## ")[0]
    for word in ("make run", "make test", "docs/screenshot.png", "own city"):
        assert word in first


def test_the_cheap_commands_run_in_the_order_in_which_they_stand(tmp_path: Path) -> None:
    ran = []
    for command in commands():
        words = shlex.split(command)
        if words[:3] != ["python", "-m", "equity"] or words[3] == "run":
            continue
        rows = ["--rows", str(ROWS)] if words[3] == "build" else []
        done = run([sys.executable, *words[1:], *rows], tmp_path / "store")
        assert done.returncode == 0, (command, done.stderr)
        ran.append((words[3], done.stdout))
    assert [name for name, _ in ran] == ["check", "build", "publish", "status"]
    said = dict(ran)
    assert "0 errors" in said["check"]
    assert "Publish it with: python -m equity publish" in said["build"]
    assert "Version 1 is in service." in said["publish"]
    assert "Up to date." in said["status"]


@pytest.mark.parametrize("command", [c for c in commands() if "make" in c.split()])
def test_every_make_target_is_there(command: str, tmp_path: Path) -> None:
    words = shlex.split(command.replace("path/to/your/folder", "tests/workspaces/open_data"))
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    target = [word for word in words if "=" not in word]
    done = run([*target, "--dry-run"], tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_targets_that_are_named_in_the_text_are_there(tmp_path: Path) -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    targets = set(re.findall(r"`make\s+([a-z]+)`", text))
    assert targets >= {"proof", "bench"}
    for target in sorted(targets):
        done = run(["make", "--dry-run", target], tmp_path)
        assert done.returncode == 0, (target, done.stderr)


def test_the_programs_of_the_way_without_make_are_installed_and_its_files_are_there() -> None:
    mine = [part for c in commands() if ".venv/" in c or "-m venv" in c for part in c.split("&&")]
    assert len(mine) >= 8
    for command in mine:
        words = shlex.split(command)
        if words[0].startswith(".venv/bin/") and (ROOT / ".venv").is_dir():
            assert (ROOT / words[0]).exists(), command
        if "-r" in words:
            assert (ROOT / words[words.index("-r") + 1]).is_file(), command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        found = page.parent / path if path else page
        assert found.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.MULTILINE)
            assert anchor in {slug(head) for head in heads}, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_of_the_program_that_is_named_exists(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for name in re.findall(r"`((?:equity|pages|tests|tools|docs|bench|data)/[\w./-]*)`", text):
        if name.startswith("data/store"):  # what the program builds
            continue
        base = ROOT / name
        assert base.exists() or base.with_suffix(".py").exists(), name


def slug(head: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-")
