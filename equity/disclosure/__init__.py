"""Disclosure control; the only writer of publications."""

from equity.disclosure.writer import publish

__all__ = ["publish"]
