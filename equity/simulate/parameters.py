"""The parameters of the sample, read from the workspace's `sample/` folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in one YAML file, read safely."""
    with path.open(encoding="utf-8") as file:
        content: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return content
