"""Every text of a model that people read, with its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from equity.framework.models import Name, Text
from equity.framework.yaml_files import Path_


def _mark(kind: Any) -> BeforeValidator:
    return next(item for item in get_args(kind)[1:] if isinstance(item, BeforeValidator))


_MARK, _NAME = _mark(Text), _mark(Name)


def texts(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, dict[str, str]]]:
    """Path and text (by language) of every non-empty `Text` in a model, however deep.

    A `Name` in one language only is a name in all of them; one in several is a text like any other.
    """
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            annotation: Any = info.annotation
            for mark, kind in ((_MARK, Text), (_NAME, Name)):
                if mark in info.metadata:
                    annotation = kind
            yield from _texts(annotation, getattr(value, name), (*path, name))


def _texts(annotation: Any, value: Any, path: Path_) -> Iterator[tuple[Path_, dict[str, str]]]:
    marks = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    if _MARK in marks or _NAME in marks:
        if value and (_MARK in marks or len(value) > 1):
            yield path, value
    elif isinstance(value, BaseModel):
        yield from texts(value, path)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _texts(_last(annotation), item, (*path, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(_last(annotation), item, (*path, key))


def _last(annotation: Any) -> Any:
    """The annotation of a list's items or a dictionary's values."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    arguments = get_args(annotation)
    return arguments[-1] if arguments else Any
