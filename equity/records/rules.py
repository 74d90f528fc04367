"""Derived columns and reject rules, computed by DuckDB over one batch of rows."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from equity.framework.expressions import columns_of, parse
from equity.records.contract import Contract
from equity.records.files import fault
from equity.records.values import ARROW_TYPES, mask


class Rules:
    """The contract's expressions, checked and written as one query, on a connection of its own.

    The connection opens no file: what it sees is the batch that it is given.
    """

    def __init__(self, contract: Contract):
        dataset, file = contract.dataset, f"datasets/{contract.id}.yml"
        types = columns_of(dataset, at_intake=True)
        self._file = file
        known = {name: kind for name, kind in types.items() if name not in dataset.derived}
        query = "SELECT * FROM batch"
        for name, text in dataset.derived.items():
            sql = parse(text, known, file=file, field=f"derived.{name}").to_sql()
            query = f'SELECT *, {sql} AS "{name}" FROM ({query})'  # noqa: S608 - checked names
            known[name] = types[name]
        self.derived = {name: ARROW_TYPES[types[name]] for name in dataset.derived}
        columns = [f'"{name}"' for name in dataset.derived]
        for index, rule in enumerate(dataset.reject):
            sql = parse(rule.when, known, file=file, field=f"reject.{index}.when").to_sql()
            columns.append(f'{sql} AS "rule:{rule.id}"')
        self.reasons = [f"rule:{rule.id}" for rule in dataset.reject]
        self._query = f"SELECT {', '.join(columns)} FROM ({query})" if columns else ""  # noqa: S608
        self._connection = duckdb.connect(
            config={
                "enable_external_access": False,
                "autoinstall_known_extensions": False,
                "threads": 1,
            }
        )

    def apply(self, table: pa.Table) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """The derived columns of `table`, and reason → mask of the rows that a rule refuses.

        A rule that is neither true nor false, because a value is missing, refuses nothing.
        """
        if not self._query:
            return {}, {}
        self._connection.register("batch", table)
        try:
            result = self._connection.sql(self._query).to_arrow_table()
        except duckdb.Error:
            # DuckDB's message may repeat a value of a record.
            raise fault(
                self._file, "derived, reject", "an expression that fails on some rows",
                "expressions that hold for every value that the contract lets in",
                "Guard the expression, with `case when` for example.",
            ) from None  # fmt: skip
        finally:
            self._connection.unregister("batch")
        derived = {
            name: result[name].combine_chunks().cast(kind, safe=False)
            for name, kind in self.derived.items()
        }
        return derived, {reason: mask(result[reason].combine_chunks()) for reason in self.reasons}
