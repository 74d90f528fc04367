"""What page scripts may hold: no text for people, no way round the privacy wall, no length."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import grimp
import pytest

from equity.ui.navigation import SECTIONS, script
from equity.workspace import PROGRAM_ROOT

APP = PROGRAM_ROOT / "app.py"
SCRIPTS = sorted((PROGRAM_ROOT / "pages").rglob("*.py"))
WALLED = ("equity.records", "equity.cube", "equity.disclosure", "equity.pipeline", "equity.simulate", "equity.steward")  # fmt: skip
LONGEST = 60


def names(path: Path) -> str:
    return path.relative_to(PROGRAM_ROOT).as_posix()


def test_the_menu_and_the_folder_agree() -> None:
    assert {script(page) for pages in SECTIONS.values() for page in pages} == set(SCRIPTS)


def test_no_script_lies_directly_in_pages() -> None:
    """Streamlit's older page discovery would serve it without app.py."""
    assert not list((PROGRAM_ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=names)
def test_a_page_holds_no_text_for_people(path: Path) -> None:
    assert spoken(path.read_text()) == []


def test_text_for_people_would_be_seen() -> None:
    assert spoken('st.write("Hello there")') == ["Hello there"]
    assert spoken('st.write(f"Total {n}")') == ["Total "]
    assert spoken('say("pages.known")') == []


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom within `equity`: import-linter does not know the scripts outside it."""
    return grimp.build_graph("equity", cache_dir=None)


@pytest.mark.parametrize("path", [APP, *SCRIPTS], ids=names)
def test_a_page_imports_only_what_it_may(path: Path, graph: grimp.ImportGraph) -> None:
    imported = imports(path.read_text())
    assert "streamlit" in imported or any(name.startswith("equity.ui") for name in imported)
    if path.parent.name != "steward":
        assert beyond_the_wall(imported, graph) == set()


def test_a_way_round_the_wall_would_be_seen(graph: grimp.ImportGraph) -> None:
    assert beyond_the_wall({"equity.cli"}, graph) & {"equity.records", "equity.pipeline"}
    assert beyond_the_wall(imports("from equity.steward import intake"), graph)


def beyond_the_wall(imported: set[str], graph: grimp.ImportGraph) -> set[str]:
    """Modules behind the wall that these lead to, at once or through others."""
    mine = imported & graph.modules
    reached = mine.union(*(graph.find_upstream_modules(name) for name in mine))
    return {name for name in reached if name.startswith(WALLED)}


@pytest.mark.parametrize("path", SCRIPTS, ids=names)
def test_a_page_is_a_table_of_contents(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


def spoken(source: str) -> list[str]:
    """String literals with a space or a capital, beside docstrings: what people would read."""
    tree = ast.parse(source)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    literals = (
        n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in documented
    )
    return [
        n.value for n in literals if isinstance(n.value, str) and re.search(r"[A-Z\s]", n.value)
    ]


def imports(source: str) -> set[str]:
    """Full names of everything that is imported."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found
