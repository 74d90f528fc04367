"""Streamlit helpers of every page: state, selectors, layout.

A page script is a table of contents: it takes what it needs from `here()`, lets the reader choose
(`choices`), and shows (`frame`, `show`, `next_step`). Nothing in this room can reach records.
"""

from equity.ui.context import Here, here

__all__ = ["Here", "here"]
