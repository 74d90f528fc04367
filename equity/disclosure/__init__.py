"""Disclosure control; the only writer of publications."""

from equity.disclosure.protection import protect
from equity.disclosure.writer import preview, publish

__all__ = ["preview", "protect", "publish"]
