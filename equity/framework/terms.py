"""What every definition is made of: identifiers, codes, texts by language, sources."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""Lower-case letters, digits and underscores, starting with a letter: 63 characters at most."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.+-]{1,64}$")]
"""A code of a group or a place."""


def _as_languages(value: Any) -> Any:
    return {"en": value} if isinstance(value, str) else value


Text = Annotated[dict[str, str], BeforeValidator(_as_languages, json_schema_input_type=str | dict[str, str])]  # fmt: skip
"""Text by language code; a plain string is English."""


def _as_name(value: Any) -> Any:
    return _as_languages(value)


Name = Annotated[dict[str, str], BeforeValidator(_as_name, json_schema_input_type=str | dict[str, str])]  # fmt: skip
"""A name by language code; a plain string is the name in every language, and needs no translation."""
Expression = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
"""An expression over a dataset's columns; see `equity.framework.expressions`."""


class Model(BaseModel):
    """Base of all definitions: immutable, and a field that does not exist is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Model):
    """Where something comes from, as it is cited on pages."""

    name: Name
    url: str = ""
    licence: Name = Field(default_factory=dict)
    vintage: Name = Field(default_factory=dict, description="The date or survey years that it describes.")  # fmt: skip
    retrieved: date | None = None
    note: Text = Field(default_factory=dict)
