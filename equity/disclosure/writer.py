"""Writing a version of the publication, and moving the pointer to it in one step.

A reader sees the old version or the new one, never half: the file is built under another name,
flushed to disk, renamed, and only then does the pointer, itself replaced in one step, name it.
A version is never rewritten and never removed, because findings and messages name it.
"""

# ruff: noqa: S608 - names in queries are this program's own; every value is bound

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from equity.errors import Problem, PublicationError
from equity.framework.models import Definitions
from equity.schema import (
    ESTIMATE_COLUMNS,
    KEY,
    META_TABLE,
    MONITORING_TABLES,
    PLACES_TABLE,
    POINTER,
    POPULATION_COLUMNS,
    POPULATION_TABLE,
    PUBLICATION_FILE,
    PUBLICATION_TABLE,
    READ_ONLY,
    SERIES_KEY,
    STATUSES,
    SUPPRESSED,
    VERSION,
    pointed_at,
)
from equity.workspace import Workspace

PLACE_COLUMNS = ("place_level", "place", "name", "area_km2", "x", "y")
_DATES = {"period", "first", "last", "baseline_period", "latest_period", "by"}
_TEXT = {
    *KEY, "status", "note", "population", "name",
    *SERIES_KEY, "chart", "signal", "against", "verdict", "reason", "line_kind",
} - _DATES  # fmt: skip
_FLAGS = {"unstable", "immature"}
_LOCK = ".lock"
_BUILD = ".build-"
_DIGEST = "content_digest"
# Slices ask for one table of one metric: sorted this way they touch few row groups, and small row
# groups leave little beside what is asked for.
_ORDER = (
    "metric", "treatment", "place_level", "dimension", "dimension_2", "period_kind", "period",
    "place", "group", "group_2",
)  # fmt: skip
_ROW_GROUP = 8192
_ENTRY = (
    "('0x' || substr(md5(concat_ws(chr(31), "
    + ", ".join(f'"{name}"' for name in KEY)
    + ")), 1, 14))::UBIGINT AS entry"
)


def publish(
    workspace: Workspace,
    definitions: Definitions,
    entries: pd.DataFrame,
    places: pd.DataFrame,
    population: pd.DataFrame,
    meta: Mapping[str, Any],
    monitoring: Mapping[str, pd.DataFrame] | None = None,
    *,
    anew: bool = False,
) -> int:
    """Write a new version, move the pointer to it, and return its number.

    `entries` are protected entries (KEY + ESTIMATE_COLUMNS); `places` has PLACE_COLUMNS;
    `population` POPULATION_COLUMNS; `meta` JSON values by key, to which are added `version`,
    `schema_version`, `created` (UTC), `content_digest`, `definitions_digest`, `city`,
    `synthetic`; `monitoring` what was found in the same entries, by name of its table
    (`equity.schema.MONITORING_TABLES`; one that is missing is empty). Where all of it is what the version in service already says, no version is written
    and that one's number is returned, unless `anew`. Raises `PublicationError` for entries that are no entries:
    a key that comes twice, a status that does not exist, a suppressed entry that still carries a
    number.
    """
    tables, said = _laid_out(definitions, entries, places, population, meta, monitoring or {})
    digest = _digest(tables, said)
    folder = workspace.publications
    folder.mkdir(parents=True, exist_ok=True)
    with _only_writer(folder):
        for orphan in folder.glob(f"{_BUILD}*"):
            orphan.unlink()
        current = _in_service(folder)
        if current is not None and not anew and _digest_of(folder, current) == digest:
            return current
        version = 1 + max(
            (_number(path) for path in folder.glob("publication-*.duckdb")), default=0
        )
        said |= {
            "version": version,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            _DIGEST: digest,
        }
        build = folder / f"{_BUILD}{os.getpid()}"
        _write(build, tables, said)
        _flush(build)
        name = PUBLICATION_FILE.format(version=version)
        os.replace(build, folder / name)
        _flush(folder)
        pointer = folder / f"{_BUILD}{os.getpid()}-pointer"
        pointer.write_text(name + "\n", encoding="ascii")
        _flush(pointer)
        os.replace(pointer, folder / POINTER)
        _flush(folder)
    return version


def preview(
    definitions: Definitions,
    entries: pd.DataFrame,
    places: pd.DataFrame,
    population: pd.DataFrame,
    meta: Mapping[str, Any],
) -> duckdb.DuckDBPyConnection:
    """The tables that `publish` would write, in memory: for what is found in them before that.

    Raises what `publish` raises.
    """
    tables, said = _laid_out(definitions, entries, places, population, meta, {})
    connection = duckdb.connect()
    _fill(connection, "memory", tables, said)
    return connection


def _laid_out(
    definitions: Definitions,
    entries: pd.DataFrame,
    places: pd.DataFrame,
    population: pd.DataFrame,
    meta: Mapping[str, Any],
    monitoring: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The tables of a version, checked, and its meta values."""
    tables = {
        PUBLICATION_TABLE: _tidy(entries, (*KEY, *ESTIMATE_COLUMNS), _ORDER),
        PLACES_TABLE: _tidy(places, PLACE_COLUMNS, ("place_level", "place")),
        POPULATION_TABLE: _tidy(
            population,
            POPULATION_COLUMNS,
            ("population", "place_level", "place", "dimension", "group", "dimension_2", "group_2"),
        ),
    }
    for name, columns in MONITORING_TABLES.items():
        frame = monitoring.get(name, pd.DataFrame(columns=list(columns)))
        key = tuple(column for column in columns if column in (*SERIES_KEY, "period"))
        tables[name] = _tidy(frame, columns, key)
    _refuse_faults(tables[PUBLICATION_TABLE])
    return tables, {
        **meta,
        "schema_version": VERSION,
        "definitions_digest": definitions.digest,
        "city": definitions.city.name,
        "synthetic": definitions.city.synthetic,
    }


def _tidy(frame: pd.DataFrame, columns: tuple[str, ...], order: tuple[str, ...]) -> pd.DataFrame:
    """`frame` with these columns only, of one type each, in one order whatever order it came in."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise PublicationError(f"a table to publish lacks the columns {', '.join(missing)}")
    tidy = pd.DataFrame(index=frame.index)
    for name in columns:
        column = frame[name]
        if name in _DATES:
            tidy[name] = pd.to_datetime(column).dt.normalize()
        elif name in _TEXT or name in order:
            tidy[name] = column.astype("string").fillna("").astype("str")
        elif name in _FLAGS:
            tidy[name] = column.astype("boolean").fillna(False).astype(bool)
        else:
            tidy[name] = pd.to_numeric(column).astype("float64")
    return tidy.sort_values(list(order), kind="stable", ignore_index=True)


def _refuse_faults(entries: pd.DataFrame) -> None:
    problems = []
    repeated = entries.duplicated(list(KEY))
    if repeated.any():
        problems.append(_fault(entries[repeated], "the same key twice", "one entry a key"))
    strange = ~entries["status"].isin(STATUSES)
    if strange.any():
        problems.append(_fault(entries[strange], "an unknown status", f"one of {STATUSES}"))
    numbers = ["estimate", "lower", "upper", "lower_simultaneous", "upper_simultaneous", "se", "n"]
    numbers += ["numerator", "dispersion", "covered"]
    leaking = (entries["status"] == SUPPRESSED) & entries[numbers].notna().any(axis=1)
    if leaking.any():
        problems.append(_fault(entries[leaking], "numbers in suppressed entries", "none"))
    if problems:
        raise PublicationError.of(problems)


def _fault(entries: pd.DataFrame, found: str, expected: str) -> Problem:
    first = entries.iloc[0]
    where = " ".join(f"{name}={str(first[name])[:10]}" for name in KEY[1:] if first[name])
    return Problem(
        first["metric"], where, f"{found} ({len(entries)} entries)", expected,
        "This is a fault of the program: please report it. Nothing was published.",
    )  # fmt: skip


def _digest(tables: Mapping[str, pd.DataFrame], meta: Mapping[str, Any]) -> str:
    content = hashlib.sha256(json.dumps(meta, sort_keys=True, ensure_ascii=False).encode())
    for name, frame in tables.items():
        content.update(name.encode())
        content.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return content.hexdigest()


def _write(path: Path, tables: Mapping[str, pd.DataFrame], meta: Mapping[str, Any]) -> None:
    connection = duckdb.connect()
    try:
        quoted = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS built (ROW_GROUP_SIZE {_ROW_GROUP})")
        _fill(connection, "built", tables, meta)
        connection.execute("CHECKPOINT built")
        connection.execute("DETACH built")
    finally:
        connection.close()


def _fill(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    tables: Mapping[str, pd.DataFrame],
    meta: Mapping[str, Any],
) -> None:
    """Make the tables of a version in an attached database."""
    for name, frame in tables.items():
        connection.register("frame", frame)
        columns = ", ".join(_column(column) for column in frame.columns)
        rows = f"SELECT {columns} FROM frame"
        if name == PUBLICATION_TABLE:
            rows = f"SELECT *, {_ENTRY} FROM ({rows})"
        connection.execute(f'CREATE TABLE {database}."{name}" AS {rows}')
        connection.unregister("frame")
    connection.execute(f'CREATE TABLE {database}."{META_TABLE}" (key VARCHAR, value VARCHAR)')
    connection.executemany(
        f'INSERT INTO {database}."{META_TABLE}" VALUES (?, ?)',
        [[key, json.dumps(value, ensure_ascii=False)] for key, value in sorted(meta.items())],
    )


def _column(name: str) -> str:
    # pandas says NaN where there is no number; in the publication that is NULL.
    if name in _DATES:
        return f'"{name}"::DATE AS "{name}"'
    if name in _TEXT or name in _ORDER or name in _FLAGS or name in {"place_level"}:
        return f'"{name}"'
    return f'CASE WHEN isnan("{name}") THEN NULL ELSE "{name}" END AS "{name}"'


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    """Publishing happens one at a time; the lock goes with the process that holds it."""
    with (folder / _LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _in_service(folder: Path) -> int | None:
    try:
        version = pointed_at((folder / POINTER).read_bytes())
    except FileNotFoundError:
        return None
    if version is None or not (folder / PUBLICATION_FILE.format(version=version)).is_file():
        return None
    return version


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("publication-")
    return int(digits) if digits.isdecimal() else 0


def _digest_of(folder: Path, version: int) -> str | None:
    path = folder / PUBLICATION_FILE.format(version=version)
    try:
        with duckdb.connect(str(path), read_only=True, config=dict(READ_ONLY)) as connection:
            query = f'SELECT value FROM "{META_TABLE}" WHERE key = ?'
            row = connection.execute(query, [_DIGEST]).fetchone()
    except duckdb.Error:
        return None
    return None if row is None else json.loads(row[0])


def _flush(path: Path) -> None:
    """Have the operating system put a file, or a folder's names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
