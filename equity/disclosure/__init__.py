"""Disclosure control; the only writer of publications."""

from equity.disclosure.protection import protect
from equity.disclosure.writer import publish

__all__ = ["protect", "publish"]
