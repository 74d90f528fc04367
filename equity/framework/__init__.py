"""Definitions as data: models, loading with line numbers, expressions, checks, JSON schemas."""

from equity.framework.checks import check, require
from equity.framework.json_schemas import stale_schemas, write_schemas
from equity.framework.load import load

__all__ = ["check", "load", "require", "stale_schemas", "write_schemas"]
