"""Dataset contracts at work: reading, typing, validation, quarantine, the ledger."""
