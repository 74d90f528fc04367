"""Dataset contracts at work: reading, typing, validation, quarantine, the ledger."""

from equity.records.aggregate import read_aggregate
from equity.records.intake import parts, take_in
from equity.records.ledger import REASON_KINDS, LedgerEntry, read_ledger
from equity.records.quarantine import QuarantinedRow, quarantined_rows, write_quarantined

__all__ = [
    "REASON_KINDS",
    "LedgerEntry",
    "QuarantinedRow",
    "parts",
    "quarantined_rows",
    "read_aggregate",
    "read_ledger",
    "take_in",
    "write_quarantined",
]
