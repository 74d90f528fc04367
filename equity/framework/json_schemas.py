"""JSON schemas of every YAML file, generated from the models, so that an editor helps while one types.

A YAML file names its schema in its first line:

    # yaml-language-server: $schema=../../equity/framework/schemas/metric.json
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from equity.framework.models import City, Dataset, Department, Dimensions, Metric, Model, Population

FOLDER = Path(__file__).parent / "schemas"
MODELS: dict[str, type[Model]] = {
    "city": City,
    "dimensions": Dimensions,
    "population": Population,
    "dataset": Dataset,
    "department": Department,
    "metric": Metric,
}


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of one kind of file, titled and described as its model is."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **MODELS[name].model_json_schema(),
    }


def _text(name: str) -> str:
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path = FOLDER) -> list[Path]:
    """Write `<name>.json` of every kind of file into `folder`; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.json" for name in MODELS]
    for name, path in zip(MODELS, paths, strict=True):
        path.write_text(_text(name), encoding="utf-8")
    return paths


def stale_schemas(folder: Path = FOLDER) -> list[str]:
    """Names of the schemas in `folder` that are not what the models say now."""
    return [
        name
        for name in MODELS
        if not (folder / f"{name}.json").is_file()
        or (folder / f"{name}.json").read_text(encoding="utf-8") != _text(name)
    ]


if __name__ == "__main__":
    write_schemas()
