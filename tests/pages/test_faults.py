"""When something is not there: a calm page that says what to do, in either language."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
import streamlit as st

from equity.i18n import LANGUAGES, Translator
from equity.publication import current_version
from equity.schema import POINTER, PUBLICATION_FILE, PUBLICATION_TABLE
from equity.workspace import Workspace
from tests.pages.conftest import PAGES, headline, opened, said

pytestmark = pytest.mark.usefixtures("open_page")


@pytest.fixture
def copied(sample: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A store that a test may damage: publications and boundaries of the sample."""
    for name in ("publications", "display"):
        shutil.copytree(sample.store / name, tmp_path / "store" / name)
    monkeypatch.setenv("EQUITY_STORE", str(tmp_path / "store"))
    return Workspace(sample.root, tmp_path / "store", sample.data_root)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, language: str
) -> None:
    monkeypatch.setenv("EQUITY_STORE", str(tmp_path / "nothing"))
    app = opened(page, lang=language)
    assert not app.exception
    assert headline(app) == Translator(language)("ui.fault_publication")
    assert "python -m equity build" in " ".join(said(app))


@pytest.fixture
def cheap(sample: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store that holds nothing but a pointer and the start of its file."""
    folder = tmp_path / "store" / "publications"
    folder.mkdir(parents=True)
    name = PUBLICATION_FILE.format(version=7)
    whole = sample.store / "publications" / PUBLICATION_FILE.format(version=current_version(sample))
    with whole.open("rb") as file:
        (folder / name).write_bytes(file.read(5000))
    (folder / POINTER).write_text(name)
    monkeypatch.setenv("EQUITY_STORE", str(tmp_path / "store"))
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_half_built_store(cheap: Path, page: str, language: str) -> None:
    app = opened(page, lang=language)
    assert not app.exception
    assert headline(app) == Translator(language)("ui.fault_publication")
    assert PUBLICATION_FILE.format(version=7) in " ".join(said(app))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_pointer_that_names_nothing(cheap: Path, page: str, language: str) -> None:
    (cheap / POINTER).write_text(PUBLICATION_FILE.format(version=99))
    assert headline(opened(page, lang=language)) == Translator(language)("ui.fault_publication")


def test_broken_definitions_name_the_file_and_the_remedy(
    sample: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "city"
    shutil.copytree(sample.root, root, ignore=shutil.ignore_patterns("store"))
    metric = root / "departments/fire/slow_over_12_minutes.yml"
    metric.write_text(metric.read_text().replace("kind: share", "kind: shares"))
    monkeypatch.setenv("EQUITY_WORKSPACE", str(root))
    app = opened("overview", lang="es")
    assert headline(app) == Translator("es")("ui.fault_definitions")
    assert "departments/fire/slow_over_12_minutes.yml" in " ".join(said(app))


def test_an_empty_metric_is_named_and_its_pages_stay_calm(
    sample: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "city"
    shutil.copytree(sample.root, root, ignore=shutil.ignore_patterns("store"))
    source = root / "departments/fire/slow_over_12_minutes.yml"
    shutil.copy(source, source.with_name("not_built_yet.yml"))
    monkeypatch.setenv("EQUITY_WORKSPACE", str(root))
    say = Translator("en")
    for page in ("breakdown", "trends"):
        app = opened(page, metric="not_built_yet")
        assert not app.exception
        assert headline(app) == say("ui.nothing_published")
    assert "Defined, but nothing published yet" in " ".join(said(opened("overview")))
    assert headline(opened("methods", metric="not_built_yet"))


def test_a_publication_replaced_under_a_session(copied: Workspace) -> None:
    """The next run shows the new version's numbers, not only its name."""
    metric = "dumping_cleared_5_days"
    app = opened("breakdown", metric=metric, level="district")
    before = headline(app)
    old = current_version(copied)
    files = [copied.publications / PUBLICATION_FILE.format(version=old + i) for i in (0, 1)]
    shutil.copy(*files)
    with duckdb.connect(files[1]) as connection:
        numbers = ", ".join(f"{name} = {name} / 2" for name in ("estimate", "lower", "upper", "lower_simultaneous", "upper_simultaneous"))  # fmt: skip
        connection.execute(
            f"UPDATE {PUBLICATION_TABLE} SET {numbers} "
            f"WHERE metric = '{metric}' AND place_level = 'district' AND place = '4'"
        )
    (copied.publications / POINTER).write_text(files[1].name)
    app.run()
    assert not app.exception
    assert f"Publication {old + 1}" in " ".join(said(app))
    assert "District 4" not in before
    assert headline(app).startswith("In District 4, ")


def test_what_nobody_foresaw_is_calm_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("equity.ui.overview.choose", broken)
    app = opened("overview")
    assert not app.exception
    assert headline(app) == Translator("en")("ui.fault_unexpected")
    assert "boom" not in " ".join(said(app))
    assert "boom" in caplog.text


def test_pages_refuse_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's own command takes an address that `equity run` would have refused."""
    before = st.get_option("server.address")
    st.config.set_option("server.address", "0.0.0.0")
    try:
        app = opened("overview")
    finally:
        st.config.set_option("server.address", before)
    assert headline(app) == Translator("en")("ui.fault_known")
    assert "server.address" in " ".join(said(app))


def test_a_store_deleted_and_built_anew_under_a_session(copied: Workspace) -> None:
    """Its first version is 1 again: what was kept of the old one must not stay on screen."""
    app = opened("overview")
    before = headline(app)
    path = copied.publications / PUBLICATION_FILE.format(version=current_version(copied))
    anew = path.with_name("anew")
    shutil.copy(path, anew)
    with duckdb.connect(str(anew)) as connection:
        connection.execute("UPDATE publication SET estimate = 1, lower = 0, upper = 2")
        connection.execute("UPDATE meta SET value = '\"other\"' WHERE key = 'content_digest'")
    path.unlink()
    anew.rename(path)
    app.run()
    assert not app.exception
    assert headline(app) != before
