"""What places, groups, references and comparisons are called."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from equity.findings import PLACE_PREFIX, Finding
from equity.framework.models import Definitions
from equity.i18n import Translator
from equity.schema import CITY, OUTSIDE, UNKNOWN

GROUP_PREFIX = "group:"


def is_place(by: str) -> bool:
    """Whether a comparison is by place rather than by group."""
    return by.startswith(PLACE_PREFIX)


def names_of(
    by: str, definitions: Definitions, say: Translator, places: pd.DataFrame | None = None
) -> dict[str, str]:
    """Code → name for every entry of a comparison `by`, with unknown, outside and the city.

    `places` is `Publication.places(level)` (columns `place`, `name`), needed for `place:<level>`.
    """
    names = {
        UNKNOWN: say("common.unknown"),
        OUTSIDE: say("common.outside"),
        CITY: say("common.city"),
        "": say("common.city"),
    }
    if is_place(by):
        if places is not None:
            names |= dict(zip(places["place"].astype(str), places["name"].astype(str), strict=True))
        return names
    dimension = definitions.dimensions.get(by)
    groups = dimension.groups if dimension else []
    return names | {group.code: say.text(group.label) for group in groups}


def with_reference(
    names: Mapping[str, str], finding: Finding, definitions: Definitions, say: Translator
) -> dict[str, str]:
    """`names`, and that of the group that a finding is held against, where it is none of them."""
    code = finding.reference.removeprefix(GROUP_PREFIX)
    if code == finding.reference or (code in names and not is_place(finding.by)):
        return dict(names)
    labels = (
        say.text(group.label)
        for dimension in definitions.dimensions.values()
        for group in dimension.groups
        if group.code == code
    )
    return {**names, f"{GROUP_PREFIX}{code}": next(labels, code)}


def reference_name(finding: Finding, names: Mapping[str, str], say: Translator) -> str:
    """What the entries are compared with, with its article: 'the city', 'the group Spanish'."""
    if finding.reference.startswith(GROUP_PREFIX):
        code = finding.reference.removeprefix(GROUP_PREFIX)
        name = names.get(finding.reference) or names.get(code, code)
        return say("narrative.reference_group", name=name)
    return say(f"narrative.reference_{finding.reference}")


def inline(text: str) -> str:
    """A title inside a sentence: without its capital, unless it is a name or an abbreviation.

    >>> inline("Council district"), inline("ZIP area"), inline("Equity Index of the area")
    ('council district', 'ZIP area', 'Equity Index of the area')
    """
    named = text[:2].isupper() or text.partition(" ")[2][:1].isupper()
    return text if named else text[:1].lower() + text[1:]


def comparison_name(
    by: str, definitions: Definitions, say: Translator, plural: bool = False
) -> str:
    """What is compared: 'Council district', 'Household size'."""
    if is_place(by):
        level = definitions.level(by.removeprefix(PLACE_PREFIX))
        return say.text(level.title_plural if plural else level.title)
    return say.text(definitions.dimensions[by].title)


def listed(items: list[str], say: Translator, most: int = 4) -> str:
    """'A, B and C'; after `most` names, how many more there are."""
    if len(items) <= 1:
        return "".join(items)
    if len(items) > most:
        more = say.plural("narrative.and_more", len(items) - most)
        return say("narrative.and", first=", ".join(items[:most]), last=more)
    return say("narrative.and", first=", ".join(items[:-1]), last=items[-1])
