"""Message catalogues, and numbers and dates in each language's form.

Messages are gettext catalogues, `catalogues/<language>/<domain>.po`, read with Babel. A message's
id is `domain.name`; its text may hold named placeholders in braces. Text that belongs to a city
(titles, labels) is in its YAML, by language; `Translator.text` picks it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

CATALOGUES = Path(__file__).parent / "catalogues"
LANGUAGES = tuple(sorted(p.name for p in CATALOGUES.iterdir() if p.is_dir()))
"""Languages that the program speaks; a workspace uses those it names."""
DEFAULT = "en"
TERRITORY = "US"
"""Numbers are written as people in this country write them, in every language: 1,234.5."""

_ONE, _MANY = 0, 1


@lru_cache(maxsize=8)
def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Message id → its text (singular and plural where it has both), of all domains.

    A percent sign stays with its number, however the line breaks.
    """
    messages: dict[str, tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    text = message.string
                    forms = (text,) if isinstance(text, str) else tuple(text or ())
                    messages[key] = tuple(_kept_together(form) for form in forms)
    return messages


def pick(text: Mapping[str, str], language: str = DEFAULT) -> str:
    """A text by language in `language`, else in the default, else in whichever there is.

    >>> pick({"en": "District 1", "es": "Distrito 1"}, "es"), pick({"en": "Alum Rock"}, "es"), pick({})
    ('Distrito 1', 'Alum Rock', '')
    """
    return text.get(language) or text.get(DEFAULT) or next(iter(text.values()), "")


class Translator:
    """Messages, numbers and dates in one language.

    >>> say = Translator("en")
    >>> say.number(1234.5)
    '1,234.5'
    >>> Translator("es").date(dt.date(2022, 3, 1))
    '1 de marzo de 2022'
    >>> Translator("es").number(1234.5)
    '1,234.5'
    """

    def __init__(self, language: str = DEFAULT, fiscal_year_start: int = 7):
        if language not in LANGUAGES:
            raise ValueError(f"no catalogue for {language!r}; there are {', '.join(LANGUAGES)}")
        self.language = language
        self.locale = Locale(language, TERRITORY)
        self.fiscal_year_start = fiscal_year_start
        self._messages = catalogue(language)

    def __call__(self, key: str, **values: object) -> str:
        """The message `key` with its placeholders filled. A missing key is a `KeyError`."""
        return self._messages[key][_ONE].format(**values)

    def plural(self, key: str, count: int, **values: object) -> str:
        """The form of `key` for `count`, which is placeholder {count} in the language's form."""
        forms = self._messages[key]
        one = self.locale.plural_form(count) == "one"
        form = forms[min(_ONE if one else _MANY, len(forms) - 1)]
        return form.format(count=self.number(count), **values)

    def text(self, text: Mapping[str, str]) -> str:
        """The city's own text in this language, else in the default, else whichever there is."""
        return _kept_together(pick(text, self.language))

    def number(
        self, value: float, digits: int | None = None, significant: int | None = None
    ) -> str:
        """`value` with at most `digits` decimals, or rounded to `significant` figures."""
        if significant is not None:
            value = float(f"{value:.{significant}g}")
            digits = max(0, significant - 1 - _magnitude(value))
        if digits is None:
            digits = 0 if float(value).is_integer() else 1
        value = round(value, digits) or 0.0  # no "-0"
        return format_decimal(value, format=f"#,##0.{'0' * digits}".rstrip("."), locale=self.locale)

    def date(self, day: dt.date) -> str:
        """A day, written out."""
        return format_date(day, "long", locale=self.locale)

    def period(self, kind: str, start: dt.date) -> str:
        """The name of the period of `kind` that begins on `start`: 'March 2022', 'FY 2021–22'."""
        if kind == "month":
            return format_date(start, "LLLL y", locale=self.locale)
        if kind == "quarter":
            return format_date(start, "QQQ y", locale=self.locale)
        if kind == "year":
            return str(start.year)
        if kind == "fiscal_year":
            end = start + dt.timedelta(days=364)
            return self("common.fiscal_year", first=start.year, last=f"{end.year % 100:02d}")
        return self("common.all_periods")


def _kept_together(text: str) -> str:
    return text.replace(" %", "\u00a0%")


def capitalized(text: str) -> str:
    """A text as it begins a line: with a capital, the rest as it is.

    >>> capitalized("año fiscal 2021–22"), capitalized("FY 2021–22")
    ('Año fiscal 2021–22', 'FY 2021–22')
    """
    return text[:1].upper() + text[1:]


def _magnitude(value: float) -> int:
    return int(f"{abs(value):e}".split("e")[1]) if value else 0
