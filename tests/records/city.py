"""A little city for tests of intake: two districts side by side, and one dataset over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from equity.framework.models import City, Dataset, Definitions, Dimension
from equity.workspace import Workspace

SOURCE = {"name": "made for a test"}
TIME_ZONE = "America/Los_Angeles"
WEST, EAST = (-121.95, 37.3), (-121.85, 37.3)
"""Points inside the districts `1` and `2`."""
BASE: dict[str, Any] = {
    "title": "Requests",
    "owner": "Nobody",
    "source": SOURCE,
    "files": ["in/*.csv"],
    "fields": {
        "received_at": {"column": "received", "type": "timestamp", "required": True},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "status": {"type": "code"},
    },
    "time": "received_at",
}


def a_city(root: Path, *, synthetic: bool = True) -> Workspace:
    """The folders of a workspace with boundaries of two districts."""
    (root / "places").mkdir(parents=True, exist_ok=True)
    (root / "in").mkdir(exist_ok=True)
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "fifth": str(int(code) * 2)},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[x, 37.2], [x + 0.1, 37.2], [x + 0.1, 37.4], [x, 37.4], [x, 37.2]]
                ],
            },
        }
        for code, x in (("1", -122.0), ("2", -121.9))
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (root / "places" / "districts.geojson").write_text(text)
    (root / "places" / "fifths.csv").write_text("district,fifth\n1,low\n2,high\n")
    (root / "city.yml").write_text("name: Twoville\n")
    return Workspace(root=root, store=root / "store", data_root=root)


def definitions(datasets: dict[str, dict[str, Any]], **city: Any) -> Definitions:
    """Definitions with the two districts, the dimensions language and fifth, and `datasets`."""
    level = {
        "id": "district", "title": "District", "title_plural": "Districts",
        "boundaries": "places/districts.geojson", "code": "code", "name": "District {code}",
        "source": SOURCE,
    }  # fmt: skip
    attribute = {
        "id": "district_fifth", "title": "Fifth", "level": "district", "method": "column",
        "file": "places/fifths.csv", "key": "district", "column": "fifth", "source": SOURCE,
    }  # fmt: skip
    model = City.model_validate(
        {
            "name": "Twoville", "synthetic": True, "time_zone": TIME_ZONE, "languages": ["en"],
            "crs": "EPSG:26910", "place_levels": [level], "attributes": [attribute], **city,
        }
    )  # fmt: skip
    groups = {"language": ["english", "spanish"], "fifth": ["low", "high"]}
    origin = {"language": {"field": "language"}, "fifth": {"attribute": "district_fifth"}}
    dimensions = {
        id: Dimension.model_validate(
            {
                "id": id, "title": id, "source": origin[id],
                "groups": [{"code": code, "label": code} for code in codes],
            }
        )
        for id, codes in groups.items()
    }  # fmt: skip
    return Definitions(
        city=model,
        dimensions=dimensions,
        populations={},
        datasets={id: Dataset.model_validate(contract) for id, contract in datasets.items()},
        departments={},
        metrics={},
        department_of={},
        digest="",
    )


def contract(fields: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """BASE with more (or other) `fields` and top-level `changes`."""
    return {**BASE, "fields": {**BASE["fields"], **(fields or {})}, **changes}
