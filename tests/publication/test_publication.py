"""Writing a version and reading it back; the faults that a reader may meet."""

import shutil
import threading
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from equity.disclosure import preview, publish
from equity.errors import PublicationError
from equity.framework.models import City, Definitions
from equity.publication import (
    Publication,
    current_version,
    earlier,
    entry_id,
    open_publication,
    versions,
)
from equity.schema import (
    ESTIMATE_COLUMNS,
    KEY,
    MONITORING_TABLES,
    POPULATION_COLUMNS,
    TREND_COLUMNS,
    VERSION,
)
from equity.workspace import Workspace


def definitions() -> Definitions:
    city = City(
        name="Example", synthetic=True, time_zone="America/Los_Angeles", languages=["en"],
        crs="EPSG:26910", place_levels=[],
    )  # fmt: skip
    return Definitions(
        city=city, dimensions={}, populations={}, datasets={}, departments={}, metrics={},
        department_of={}, digest="d1",
    )  # fmt: skip


def entries(value: float = 72.5) -> pd.DataFrame:
    rows = []
    for year in (2020, 2021, 2022):
        for level, places in (("city", ["city"]), ("district", ["1", "2", "outside"])):
            for place in places:
                for dimension, group in (("", ""), ("language", "es"), ("language", "unknown")):
                    suppressed = place == "outside"
                    rows.append(
                        dict.fromkeys(ESTIMATE_COLUMNS)
                        | {
                            "metric": "cleared", "treatment": "", "period_kind": "year",
                            "period": pd.Timestamp(year, 1, 1), "place_level": level,
                            "place": place, "dimension": dimension, "group": group,
                            "dimension_2": "", "group_2": "",
                            "status": "suppressed" if suppressed else "value",
                            "estimate": None if suppressed else value + year - 2020,
                            "n": None if suppressed else 100.0,
                            "unstable": False, "immature": year == 2022, "note": "",
                        }
                    )  # fmt: skip
    return pd.DataFrame(rows)[[*KEY, *ESTIMATE_COLUMNS]]


def places() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place_level": ["city", "district", "district"], "place": ["city", "1", "2"],
            "name": ['{"en": "Example"}', '{"en": "District 1", "es": "Distrito 1"}', '{"en": "Alviso"}'], "area_km2": [None, 3.5, 4.0],
            "x": [-121.8] * 3, "y": [37.3] * 3,
        }
    )  # fmt: skip


def population() -> pd.DataFrame:
    row = ["people", "district", "1", "", "", "", "", 1000, 50.0, 1.0]
    return pd.DataFrame([row], columns=list(POPULATION_COLUMNS))


def trends(verdict: str = "closing") -> pd.DataFrame:
    told = dict.fromkeys(TREND_COLUMNS) | {
        "metric": "cleared", "period_kind": "quarter", "place_level": "city", "place": "city",
        "dimension": "language", "series": "gap", "first": pd.Timestamp(2019, 7, 1),
        "last": pd.Timestamp(2026, 4, 1), "points": 28, "change": -5.0, "verdict": verdict,
    }  # fmt: skip
    short = told | {"group": "vi", "first": None, "last": None, "points": 0, "change": None}
    return pd.DataFrame([short | {"verdict": "cannot_tell", "reason": "few_points"}, told | {"group": "es"}])  # fmt: skip


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(root=tmp_path, store=tmp_path / "store")


@pytest.fixture
def published(workspace) -> Workspace:
    publish(workspace, definitions(), entries(), places(), population(), {"app_version": "1"})
    return workspace


def test_what_was_written_is_read(published):
    publication = open_publication(published)
    city = publication.slice("cleared")
    assert publication.version == 1
    assert city["estimate"].tolist() == [72.5, 73.5, 74.5]
    assert list(city.columns) == [*KEY, *ESTIMATE_COLUMNS, "entry"]
    assert city["immature"].tolist() == [False, False, True]
    district = publication.slice(
        "cleared", period=date(2021, 1, 1), place_level="district", dimension="language"
    )
    assert district[["place", "group", "status"]].to_numpy().tolist() == [
        ["1", "es", "value"], ["1", "unknown", "value"], ["2", "es", "value"],
        ["2", "unknown", "value"], ["outside", "es", "suppressed"],
        ["outside", "unknown", "suppressed"],
    ]  # fmt: skip
    assert district.loc[district["place"] == "outside", "n"].isna().all()
    assert len(publication.slice("cleared", place_level=None, dimension=None)) == len(entries())


def test_periods_tables_places_population_and_meta(published):
    publication = open_publication(published)
    years = [date(year, 1, 1) for year in (2020, 2021, 2022)]
    assert publication.periods("cleared", "year", "district", "language") == years
    assert publication.periods("cleared", "month") == []
    assert publication.metrics() == ["cleared"]
    assert publication.tables("cleared")[["place_level", "dimension"]].to_numpy().tolist() == [
        ["city", ""], ["city", "language"], ["district", ""], ["district", "language"],
    ]  # fmt: skip
    assert publication.places("district")["name"].tolist() == ["District 1", "Alviso"]
    assert publication.places("district", "es")["name"].tolist() == ["Distrito 1", "Alviso"]
    assert publication.population("people", "district")["count"].tolist() == [1000]
    meta = publication.meta
    assert (meta["app_version"], meta["city"], meta["synthetic"]) == ("1", "Example", True)
    assert meta["schema_version"] == VERSION
    assert meta["definitions_digest"] == "d1"


def test_an_entry_is_found_by_its_id(published):
    publication = open_publication(published)
    row = publication.slice("cleared", period=date(2021, 1, 1)).iloc[0]
    assert row["entry"] == entry_id(row)
    found = publication.entry(row["entry"])
    assert found["estimate"] == 73.5
    assert publication.entry("0" * 14) is None
    assert publication.entry("'; DROP TABLE x") is None


def test_a_value_is_never_taken_for_sql(published):
    publication = open_publication(published)
    assert publication.slice("' OR 1=1 --").empty
    assert publication.slice("cleared", place_level='"; DROP TABLE publication; --').empty
    assert len(publication.slice("cleared")) == 3


def test_the_connection_reaches_nothing_else(published, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    cursor = open_publication(published).cursor()
    for query in (
        f"FROM read_csv('{tmp_path / 'secret.csv'}')",
        f"ATTACH '{tmp_path / 'other.duckdb'}'",
        "SET enable_external_access = true",
        "SET threads = 2",
        "DELETE FROM publication",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(query)


def test_the_same_content_in_another_order_makes_no_new_version(published):
    shuffled = entries().sample(frac=1, random_state=1)
    meta = {"app_version": "1"}
    assert publish(published, definitions(), shuffled, places(), population(), meta) == 1
    assert publish(published, definitions(), entries(80), places(), population(), meta) == 2
    assert versions(published) == [1, 2]
    assert open_publication(published).slice("cleared")["estimate"].iloc[0] == 80
    assert open_publication(published, 1).slice("cleared")["estimate"].iloc[0] == 72.5


def test_orphaned_builds_are_swept(published):
    orphan = published.publications / ".build-99999"
    orphan.write_bytes(b"half")
    publish(published, definitions(), entries(1), places(), population(), {})
    assert not orphan.exists()


def test_entries_that_are_no_entries_are_refused(workspace):
    twice = pd.concat([entries(), entries().head(1)])
    leaking = entries().assign(n=5.0)
    strange = entries().assign(status="hidden")
    for frame, words in ((twice, "twice"), (leaking, "suppressed"), (strange, "unknown status")):
        with pytest.raises(PublicationError, match=words):
            publish(workspace, definitions(), frame, places(), population(), {})
    assert not workspace.publications.exists()


def test_faults_name_their_remedy(workspace):
    with pytest.raises(PublicationError, match="build --publish"):
        open_publication(workspace)
    folder = workspace.publications
    publish(workspace, definitions(), entries(), places(), population(), {})
    with pytest.raises(PublicationError, match=r"kept \(1\)"):
        open_publication(workspace, 7)
    (folder / "publication-000002.duckdb").write_bytes(
        (folder / "publication-000001.duckdb").read_bytes()[:9000]
    )
    with pytest.raises(PublicationError, match="not a whole publication"):
        open_publication(workspace, 2)
    duckdb.connect(str(folder / "publication-000003.duckdb")).close()
    with pytest.raises(PublicationError, match="not a whole publication"):
        open_publication(workspace, 3)
    with duckdb.connect(str(folder / "publication-000004.duckdb")) as other:
        other.execute("CREATE TABLE meta AS SELECT 'schema_version' AS key, '99' AS value")
    with pytest.raises(PublicationError, match="schema version 99"):
        open_publication(workspace, 4)
    (folder / "current").write_text("../../etc/passwd")
    with pytest.raises(PublicationError, match="name of a publication file"):
        current_version(workspace)


def test_threads_share_one_connection(published):
    seen, faults = [], []

    def read():
        try:
            for _ in range(20):
                publication = open_publication(published)
                seen.append((id(publication), len(publication.slice("cleared"))))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(set(seen)) == 1
    assert seen[0][1] == 3


def test_a_number_that_is_not_there_is_not_zero(workspace):
    frame = entries()
    frame["numerator"] = np.where(frame["place"] == "1", 0.0, np.nan)
    publish(workspace, definitions(), frame, places(), population(), {})
    got = open_publication(workspace).slice("cleared", place_level="district")
    assert got.loc[got["place"] == "1", "numerator"].eq(0).all()
    assert got.loc[got["place"] == "2", "numerator"].isna().all()


def test_a_publication_in_use_outlives_the_versions_after_it(published):
    first = open_publication(published)
    for count in range(6):
        publish(published, definitions(), entries(count), places(), population(), {})
        assert open_publication(published).slice("cleared")["estimate"].iloc[0] == count
    assert first.slice("cleared")["estimate"].iloc[0] == 72.5
    assert open_publication(published, 1).slice("cleared")["estimate"].iloc[0] == 72.5


def test_a_store_that_was_deleted_and_built_anew_is_read_anew(published):
    """Numbers begin at 1 again; the old file's numbers must not stay on screen."""
    first = open_publication(published)
    shutil.rmtree(published.publications)
    publish(published, definitions(), entries(33), places(), population(), {})
    again = open_publication(published)
    assert again.version == first.version == 1
    assert again.identity != first.identity
    assert again.slice("cleared")["estimate"].iloc[0] == 33


def test_trends_are_stored_with_their_version(workspace):
    publish(workspace, definitions(), entries(), places(), population(), {}, {"trends": trends()})
    frame = open_publication(workspace).trends("cleared")
    assert tuple(frame.columns) == TREND_COLUMNS
    assert frame["group"].tolist() == ["es", "vi"]
    assert frame["verdict"].tolist() == ["closing", "cannot_tell"]
    assert frame["reason"].tolist() == ["", "few_points"]
    assert frame["first"].tolist() == [pd.Timestamp(2019, 7, 1), pd.NaT]
    assert frame["change"].iloc[0] == -5
    assert np.isnan(frame["change"].iloc[1])
    assert len(open_publication(workspace).trends()) == 2
    assert open_publication(workspace).trends("another").empty
    assert open_publication(workspace).signals().empty  # nobody gave any


def test_what_monitoring_found_is_part_of_what_a_version_says(workspace):
    def published(frame):
        return publish(
            workspace, definitions(), entries(), places(), population(), {}, {"trends": frame}
        )

    assert [published(trends()), published(trends()[::-1]), published(trends("widening"))] == [1, 1, 2]  # fmt: skip
    assert open_publication(workspace, 1).trends()["verdict"].iloc[0] == "closing"


def test_a_version_from_before_monitoring_reads_as_one_that_found_nothing(published):
    with duckdb.connect(str(published.publications / "publication-000001.duckdb")) as file:
        for table in MONITORING_TABLES:
            file.execute(f"DROP TABLE {table}")
        file.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")
    publication = open_publication(published)
    assert len(publication.slice("cleared")) == 3
    assert publication.trends().columns.tolist() == list(TREND_COLUMNS)
    assert publication.trends().empty
    assert publication.signals("cleared").empty
    assert publication.charts().empty


def test_the_version_before_is_the_newest_that_can_be_read(published):
    assert earlier(published, 1) is None
    for _ in range(2):
        publish(published, definitions(), entries(), places(), population(), {}, anew=True)
    assert earlier(published, 3).version == 2
    assert earlier(published, 3, date(2100, 1, 1)).version == 2
    assert earlier(published, 3, date(2000, 1, 1)) is None
    (published.publications / "publication-000002.duckdb").write_bytes(b"half")
    assert earlier(published, 3).version == 1


def test_what_is_not_written_yet_is_read_like_what_is(published):
    with preview(definitions(), entries(), places(), population(), {"app_version": "1"}) as held:
        before = Publication.over(held)
        pd.testing.assert_frame_equal(
            before.slice("cleared", place_level=None, dimension=None),
            open_publication(published).slice("cleared", place_level=None, dimension=None),
        )
        assert before.meta["app_version"] == "1"
        assert before.trends().empty
