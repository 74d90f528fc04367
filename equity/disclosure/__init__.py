"""Disclosure control; the only writer of publications."""
