"""Speeds and sizes, measured in one run and compared with what was promised: `make bench`."""
