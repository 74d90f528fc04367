"""One publication, opened: slices of its entries, its places, its populations, its meta data."""

# ruff: noqa: S608 - names in queries are this program's own; every value is bound

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from equity.i18n import DEFAULT, pick
from equity.schema import (
    CHARTS_TABLE,
    CITY,
    ESTIMATE_COLUMNS,
    KEY,
    META_TABLE,
    MONITORING_TABLES,
    PLACES_TABLE,
    POPULATION_TABLE,
    PUBLICATION_TABLE,
    SIGNALS_TABLE,
    SINCE,
    TARGETS_TABLE,
    TRENDS_TABLE,
    VERSION,
)

_ID_DIGITS = 14
_SEPARATOR = "\x1f"
_ORDER = ' ORDER BY period, place_level, place, "group", group_2'


def entry_id(key: Mapping[str, Any]) -> str:
    """The stable short id of an entry: 14 hexadecimal digits that depend on its key alone.

    `key` holds every column of `equity.schema.KEY`; `period` is a date, a timestamp or ISO text.

    >>> entry_id(dict.fromkeys(KEY, "x") | {"period": date(2022, 7, 1)})
    '28de7a8c3894c1'
    """
    parts = [str(key[name])[:10] if name == "period" else str(key[name]) for name in KEY]
    text = _SEPARATOR.join(parts).encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()[:_ID_DIGITS]


class Publication:
    """What one version says. Thread-safe: every call takes a cursor of its own.

    Frames hold the columns KEY + ESTIMATE_COLUMNS and `entry` (the id for `entry()`). `period` is
    datetime64; a number that an entry does not have is NaN; texts are never missing.
    """

    def __init__(
        self,
        version: int,
        connection: duckdb.DuckDBPyConnection,
        meta: Iterable[tuple[str, str]],
    ):
        self.version = version
        self.meta: Mapping[str, Any] = MappingProxyType({k: json.loads(v) for k, v in meta})
        """Key → value: see `equity.disclosure.publish`."""
        self._connection = connection
        self._select = _select(int(self.meta.get("schema_version", VERSION)))

    @classmethod
    def over(cls, connection: duckdb.DuckDBPyConnection, version: int = 0) -> Publication:
        """The publication whose tables `connection` holds: a file's, or those of one that is not
        written yet (version 0)."""
        return cls(version, connection, connection.execute(f'FROM "{META_TABLE}"').fetchall())

    @property
    def identity(self) -> str:
        """What a kept result depends on: the version's number and the digest of its content.

        Numbers begin at 1 again where a store was deleted and built anew.
        """
        return f"{self.version} {self.meta.get('content_digest', '')}"

    def close(self) -> None:
        """Let go of the file. A cursor that is at work keeps it until it has finished."""
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of one's own on the read-only connection."""
        return self._connection.cursor()

    def slice(
        self,
        metric: str,
        *,
        treatment: str | None = "",
        period_kind: str | None = None,
        period: date | None = None,
        place_level: str | None = CITY,
        place: str | None = None,
        dimension: str | None = "",
        group: str | None = None,
        dimension_2: str | None = "",
        group_2: str | None = None,
    ) -> pd.DataFrame:
        """The entries of `metric` with these values of the key; None is every value.

        By default the whole city without a breakdown, in all periods, under the metric's own
        treatment. Ordered by period, place and group. An unknown value gives an empty frame with
        the same columns.
        """
        wanted = {
            "metric": metric, "treatment": treatment, "period_kind": period_kind, "period": period,
            "place_level": place_level, "place": place, "dimension": dimension, "group": group,
            "dimension_2": dimension_2, "group_2": group_2,
        }  # fmt: skip
        where, values = _where(wanted)
        return self._frame(f"{self._select} WHERE {where}{_ORDER}", values)

    def periods(
        self,
        metric: str,
        period_kind: str,
        place_level: str | None = CITY,
        dimension: str | None = "",
        dimension_2: str | None = "",
        treatment: str | None = "",
    ) -> list[date]:
        """First days of the periods for which the table has entries, earliest first."""
        where, values = _where(
            {
                "metric": metric, "treatment": treatment, "period_kind": period_kind,
                "place_level": place_level, "dimension": dimension, "dimension_2": dimension_2,
            }
        )  # fmt: skip
        query = f'SELECT DISTINCT period FROM "{PUBLICATION_TABLE}" WHERE {where} ORDER BY period'
        return [row[0] for row in self.cursor().execute(query, values).fetchall()]

    def tables(self, metric: str | None = None) -> pd.DataFrame:
        """The tables of `metric` (of every metric for None) that are published.

        One row a combination of metric, treatment, period_kind, place_level, dimension and
        dimension_2.
        """
        names = "metric, treatment, period_kind, place_level, dimension, dimension_2"
        where, values = _where({"metric": metric})
        query = f'SELECT DISTINCT {names} FROM "{PUBLICATION_TABLE}" WHERE {where} ORDER BY ALL'
        return self._frame(query, values)

    def metrics(self) -> list[str]:
        """Ids of the metrics that have entries."""
        query = f'SELECT DISTINCT metric FROM "{PUBLICATION_TABLE}" ORDER BY metric'
        return [row[0] for row in self.cursor().execute(query).fetchall()]

    def places(self, level: str | None = None, language: str = DEFAULT) -> pd.DataFrame:
        """The places of `level` (of every level for None), with names, areas and inner points.

        `name` is in `language` where the place has a name in it; outside has none ("").
        """
        where, values = _where({"place_level": level})
        frame = self._frame(
            f'FROM "{PLACES_TABLE}" WHERE {where} ORDER BY place_level, place', values
        )
        names = [pick(json.loads(each), language) for each in frame["name"]]
        return frame.assign(name=pd.array(names, dtype="str"))

    def population(
        self,
        population: str,
        place_level: str | None = None,
        place: str | None = None,
        dimension: str | None = None,
        dimension_2: str | None = None,
    ) -> pd.DataFrame:
        """Rows of a population with their margins of error; None is every value."""
        where, values = _where(
            {
                "population": population, "place_level": place_level, "place": place,
                "dimension": dimension, "dimension_2": dimension_2,
            }
        )  # fmt: skip
        order = ' ORDER BY place_level, place, dimension, "group", dimension_2, group_2'
        return self._frame(f'FROM "{POPULATION_TABLE}" WHERE {where}{order}', values)

    def signals(self, metric: str | None = None) -> pd.DataFrame:
        """Signals of control charts (`equity.schema.SIGNAL_COLUMNS`), of one metric or of all."""
        return self._monitored(SIGNALS_TABLE, metric)

    def charts(self, metric: str | None = None) -> pd.DataFrame:
        """The charted series (`equity.schema.CHART_COLUMNS`), of one metric or of all."""
        return self._monitored(CHARTS_TABLE, metric)

    def trends(self, metric: str | None = None) -> pd.DataFrame:
        """Trends of gaps (`equity.schema.TREND_COLUMNS`), of one metric or of all."""
        return self._monitored(TRENDS_TABLE, metric)

    def targets(self, metric: str | None = None) -> pd.DataFrame:
        """Where targets stand (`equity.schema.TARGET_COLUMNS`), of one metric or of all."""
        return self._monitored(TARGETS_TABLE, metric)

    def entry(self, id: str) -> pd.Series | None:
        """The entry with this id, as one row of a slice; None where this version has none."""
        if len(id) != _ID_DIGITS or set(id) - set("0123456789abcdef"):
            return None
        frame = self._frame(f"{self._select} WHERE entry = ?", [int(id, 16)])
        return None if frame.empty else frame.iloc[0]

    def _monitored(self, table: str, metric: str | None) -> pd.DataFrame:
        """Rows of a table of monitoring; none where the version was written before it had one."""
        columns = ", ".join(f'"{name}"' for name in MONITORING_TABLES[table])
        where, values = _where({"metric": metric})
        try:
            return self._frame(f'SELECT {columns} FROM "{table}" WHERE {where}', values)
        except duckdb.CatalogException:
            return pd.DataFrame(columns=list(MONITORING_TABLES[table]))

    def _frame(self, query: str, values: list[Any]) -> pd.DataFrame:
        # DuckDB's own `df()` takes as long again as the query for a page's few rows.
        columns = self.cursor().execute(query, values).fetchnumpy()
        return pd.DataFrame({name: _filled(column) for name, column in columns.items()})


def _select(schema_version: int) -> str:
    """The beginning of a query for entries; what a version does not have yet reads as missing."""
    columns = [
        f'NULL::DOUBLE AS "{name}"' if schema_version < SINCE.get(name, 0) else f'"{name}"'
        for name in (*KEY, *ESTIMATE_COLUMNS)
    ]
    listed = ", ".join([*columns, "format('{:014x}', entry) AS entry"])
    return f'SELECT {listed} FROM "{PUBLICATION_TABLE}"'


def _filled(values: Any) -> Any:
    """A column as `df()` would give it: texts as `str`, numbers that are missing as NaN."""
    if values.dtype == object:
        return pd.array(np.ma.filled(values, None), dtype="str")
    if isinstance(values, np.ma.MaskedArray) and values.dtype.kind in "iuf":
        return np.ma.filled(values.astype(float), np.nan)
    return np.ma.filled(values)


def _where(wanted: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """A condition with a placeholder for every value that is not None; names are this module's."""
    named = {name: value for name, value in wanted.items() if value is not None}
    condition = " AND ".join(f'"{name}" = ?' for name in named) or "true"
    return condition, list(named.values())
