"""Streamlit helpers of every page: state, selectors, layout.

A page script is a table of contents: it takes what it needs from `here()`, lets the reader choose
(`choices`), and shows (`frame`, `show`, `next_step`). Nothing in this room can reach records.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equity.ui.context import Here, here

__all__ = ["Here", "here"]


def __getattr__(name: str) -> Any:
    # Not imported above: the launcher takes `serve` from this room before anything is loaded.
    if name in __all__:
        from equity.ui import context

        return getattr(context, name)
    raise AttributeError(name)
