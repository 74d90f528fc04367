"""Why a measure is missing, or what must be known of it, as messages in each language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from equity.i18n import Translator


@dataclass(frozen=True)
class Note:
    """A message `measures.note_<name>` and what fills its placeholders: names of groups, numbers."""

    name: str
    groups: tuple[str, ...] = ()
    values: tuple[tuple[str, float], ...] = field(default=())

    def said(self, say: Translator) -> str:
        """The note in a sentence."""
        numbers = {name: say.number(value) for name, value in self.values}
        return say(f"measures.note_{self.name}", groups=", ".join(self.groups), **numbers)


def said(notes: Iterable[Note], say: Translator) -> str:
    """Notes one after the other."""
    return " ".join(note.said(say) for note in notes)
