"""What the reader has chosen: held in the session, mirrored in the address.

At the start of a run `State.begin` decides whether to *adopt* the address (first run of a session,
a deep link, Back, Forward) or to keep the session's choices; at the end `State.write` puts them
into the address. Three things would break Back, and are avoided: an adopted address is never
rewritten in the run that adopted it; only fields that are not at their default are written; a
choice made in this run wins over an address that has not caught up with the previous one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Protocol
from urllib.parse import urlencode

FIELDS = (
    "lang",
    "department",
    "metric",
    "by",
    "by2",
    "level",
    "place",
    "group",
    "kind",
    "period",
    "treatment",
    "reference",
    "tolerance",
    "alike",
    "smooth",
    "file",
    "entry",
)
"""Every field of the address, in the order in which it is written. An empty value is the page's
default. Which values a page allows is the list that its selector offers (`choices`)."""

MAX_LENGTH = 64
_SAFE = re.compile(r"[A-Za-z0-9_.+:-]*")
_STATE, _WRITTEN, _PAGE, _CHOSEN = "equity_state", "equity_written", "equity_page", "equity_chosen"


def clean(parameters: Mapping[str, str]) -> dict[str, str]:
    """The known fields of an address, cut to 64 characters; anything odd is dropped.

    >>> clean({"metric": "dumping", "place": "<b>", "utm": "x", "group": "a" * 80})["group"] == "a" * 64
    True
    >>> clean({"metric": "dumping", "place": "<b>", "utm": "x"})
    {'metric': 'dumping'}
    """
    found = {}
    for name in FIELDS:
        value = str(parameters.get(name, ""))[:MAX_LENGTH]
        if value and _SAFE.fullmatch(value):
            found[name] = value
    return found


class Address(Protocol):
    """The query of the address bar, as `st.query_params` is."""

    def items(self) -> Iterable[tuple[str, str]]: ...

    def from_dict(self, parameters: dict[str, str]) -> None:
        """Replace all of it in one step: one entry in the browser's history."""


class State:
    """The fields of one session. `session` and `address` are Streamlit's own mappings.

    >>> class Bar(dict):
    ...     def from_dict(self, parameters):
    ...         self.clear(), self.update(parameters)
    >>> session, address = {}, Bar({"metric": "a", "place": "3"})
    >>> state = State(session, address)
    >>> state.begin("breakdown")
    >>> state.get("place")
    '3'
    >>> state.choose("place", "4"); state.begin("breakdown"); state.write(); address
    {'metric': 'a', 'place': '4'}
    """

    def __init__(self, session: MutableMapping[Any, Any], address: Address) -> None:
        self._session, self._address = session, address

    @property
    def fields(self) -> dict[str, str]:
        """The chosen fields that are not at their default."""
        values: dict[str, str] = self._session.setdefault(_STATE, {})
        return values

    def get(self, name: str) -> str:
        """The chosen value of a field; `""` is the page's default."""
        return self.fields.get(name, "")

    def resolve(self, name: str, options: Iterable[str], default: str = "") -> str:
        """The value of a field among `options`; a value that is not offered falls to the default.

        Without `default`, the first option is it; without options, `""`.
        """
        offered = list(options)
        first = default if default in offered else (offered[0] if offered else "")
        value = self.get(name)
        if value in offered:
            return value
        if value:
            del self.fields[name]
        return first

    def choose(self, name: str, value: str, default: str = "") -> None:
        """The reader chose `value`; called before a run, by a widget's callback."""
        if value and value != default:
            self.fields[name] = value
        else:
            self.fields.pop(name, None)
        self._session[_CHOSEN] = True

    def begin(self, page: str) -> None:
        """Adopt the address, or keep the session's choices. Once, at the start of a run."""
        seen = clean(dict(self._address.items()))
        chosen = self._session.pop(_CHOSEN, False)
        first = _WRITTEN not in self._session
        cleared = self._session.get(_PAGE, page) != page and not seen
        moved = seen != self._session.get(_WRITTEN) and not chosen and not cleared
        if first or moved:
            self._session[_STATE] = dict(seen)
            self._session[_WRITTEN] = seen
        self._adopted = first or moved
        self._session[_PAGE] = page

    def write(self) -> None:
        """Put the choices into the address, if they differ. Once, at the end of a run."""
        if self._adopted:
            return
        wanted = self.query()
        if clean(dict(self._address.items())) != wanted:
            self._address.from_dict(wanted)
        self._session[_WRITTEN] = wanted

    def query(self, **changes: str) -> dict[str, str]:
        """The address of a link that keeps the choices but for `changes` (`""` drops a field)."""
        values = {**self.fields, **changes}
        return {name: values[name] for name in FIELDS if values.get(name)}

    def link(self, path: str, **changes: str) -> str:
        """`path` with its query, as it would be sent to a colleague."""
        query = urlencode(self.query(**changes), safe=":+")
        return f"{path}?{query}" if query else path
