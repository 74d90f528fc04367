"""The launcher answers before anything heavy is imported, and pages wait until all of it is."""

import subprocess
import sys

from equity.workspace import PROGRAM_ROOT

_LAUNCH = """
import sys
from equity.ui import serve
heavy = {"pandas", "altair", "duckdb", "equity.findings", "equity.ui.show"}
print(sorted(heavy & set(sys.modules)))
serve.load_ahead()
serve.loaded()
print(sorted(heavy - set(sys.modules)))
"""


def test_the_launcher_imports_little_and_then_all_that_pages_need():
    run = subprocess.run(
        [sys.executable, "-c", _LAUNCH], cwd=PROGRAM_ROOT, capture_output=True, text=True
    )
    assert run.stdout.split() == ["[]", "[]"], run.stderr


def test_a_workspace_that_cannot_be_read_does_not_stop_the_loading(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", _LAUNCH], cwd=PROGRAM_ROOT, capture_output=True, text=True,
        env={"EQUITY_WORKSPACE": str(tmp_path / "nowhere"), "PATH": ""},
    )  # fmt: skip
    assert run.returncode == 0
    assert run.stdout.split() == ["[]", "[]"], run.stderr
    assert "Traceback" not in run.stderr


def test_the_home_page_is_found_under_its_own_name_too() -> None:
    from starlette.requests import Request

    from equity.ui import navigation, serve

    assert f"/{navigation.HOME}" == serve.HOME
    assert serve.HOME in {route.path for route in serve.routes()}
    scope = {"type": "http", "method": "GET", "path": serve.HOME, "headers": []}
    for query, target in ((b"lang=es&department=fire", "/?lang=es&department=fire"), (b"", "/")):
        answer = serve.home(Request(scope | {"query_string": query}))
        assert (answer.status_code, answer.headers["location"]) == (307, target)
