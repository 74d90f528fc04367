"""Measure whether a city's services reach everyone, and follow what is done about it.

How a record becomes a sentence: `records` reads it under its contract, `places` says where it
lies, `cube` adds it to its cells, `estimates` gives the cell a value and an interval, `disclosure`
decides what may be seen and writes the publication, `publication` reads it back, `findings` says
what it shows, `narrative` says so in words. `pipeline` runs the first half; pages see only the
second.
"""

__version__ = "0.1.0"
