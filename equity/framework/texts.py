"""Every text of a model that people read, with its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from equity.framework.models import Text
from equity.framework.yaml_files import Path_

_MARK = next(item for item in get_args(Text)[1:] if isinstance(item, BeforeValidator))


def texts(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, dict[str, str]]]:
    """Path and text (by language) of every non-empty `Text` in a model, however deep."""
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            annotation: Any = info.annotation
            if any(item == _MARK for item in info.metadata):
                annotation = Text
            yield from _texts(annotation, getattr(value, name), (*path, name))


def _texts(annotation: Any, value: Any, path: Path_) -> Iterator[tuple[Path_, dict[str, str]]]:
    if get_origin(annotation) is Annotated and _MARK in get_args(annotation)[1:]:
        if value:
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
