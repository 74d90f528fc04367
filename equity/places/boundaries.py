"""Boundaries: reading a place level from GeoJSON, mending it, and saying what was mended.

What comes in is any GeoJSON in any coordinate system; what goes out is one row a place, in
longitude and latitude (EPSG:4326), valid, sorted by code, with no two places covering the same
ground. Every change that reading made to a shape is listed in `Level.repairs`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from equity.errors import DefinitionError, EquityError, Problem
from equity.framework.models import Definitions, PlaceLevel
from equity.places.shapes import Repair, fault_of, leave_overlaps_to_first, repaired
from equity.schema import CITY, OUTSIDE, UNKNOWN
from equity.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

LONLAT = "EPSG:4326"
_CODE = re.compile(r"^[A-Za-z0-9_.+-]{1,64}$")
_RESERVED = (CITY, OUTSIDE, UNKNOWN)
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class LevelReport:
    """What was read: the file as people know it, its hash, its coordinate system, and counts.

    `features` in the file, `places` made of them, `codes` (value in the file → code),
    `combined` (codes that several features share and that became one place).
    """

    file: str
    digest: str
    crs: str
    features: int
    places: int
    codes: dict[str, str]
    combined: list[str]


@dataclass(frozen=True)
class Level:
    """The places of one level.

    `frame`: GeoDataFrame `place, name, geometry` (EPSG:4326), sorted by code, where `name` is
    a JSON object, language → name; `repairs`: one a change made to a shape; `properties`: the file's own
    properties, by place (a property whose values differ among the features of one place is left
    empty there).
    """

    frame: gpd.GeoDataFrame
    repairs: list[Repair]
    report: LevelReport
    properties: pd.DataFrame


def place_code(value: Any) -> str:
    """The code of a place, from the value that a file holds; "" where it holds none.

    Values that are codes already (letters, digits, `_ . + -`, 64 at most) are kept as they are;
    others become lower-case words joined by underscores. Whole numbers lose their decimals.

    >>> place_code("Santa Teresa"), place_code("06085500100"), place_code(9), place_code(9.0)
    ('santa_teresa', '06085500100', '9', '9')
    >>> place_code("Cañada / Évora"), place_code(None), place_code(float("nan"))
    ('canada_evora', '', '')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if _CODE.match(text):
        return text
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:64]


def level_field(definitions: Definitions, level: str, name: str = "") -> str:
    """The dotted path of a place level's field in city.yml, for problems."""
    index = [each.id for each in definitions.city.place_levels].index(level)
    return f"place_levels.{index}.{name}" if name else f"place_levels.{index}"


def load_level(workspace: Workspace, definitions: Definitions, level: str) -> Level:
    """The places of `level`, read from its GeoJSON file and mended.

    Coordinates are taken in the file's own `crs` (the level's `crs` where the file says none,
    longitude and latitude where neither does). Invalid shapes are repaired with
    `shapely.make_valid` (method `structure`: every ring that the file calls a shell is filled),
    features with one code become one place, and ground that two places share is left to the one
    whose code comes first. Kept in memory by the file's hash.

    Raises `DefinitionError` for a file that cannot be read, a feature without a code or without
    an area, two values that make the same code, a reserved code, impossible coordinates.
    """
    definition = definitions.level(level)
    path = workspace.resolve(
        definition.boundaries,
        file="city.yml",
        field=level_field(definitions, level, "boundaries"),
    )
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _refused(
            "city.yml", level_field(definitions, level, "boundaries"), definition.boundaries,
            "a GeoJSON file that can be read",
            f"Put the boundaries there, or correct the path ({error.strerror}).",
        ) from error  # fmt: skip
    read = _read(str(path), digest, workspace.name_of(path), definition.model_dump_json(),
                 level_field(definitions, level))  # fmt: skip
    return Level(read.frame.copy(), list(read.repairs), read.report, read.properties.copy())


@lru_cache(maxsize=32)
def _read(path: str, digest: str, shown: str, definition: str, field: str) -> Level:
    import geopandas as gpd
    import pandas as pd

    level = PlaceLevel.model_validate_json(definition)
    document = _document(Path(path), shown)
    crs = _crs_of(document, level, shown, field)
    features = document["features"]
    codes, values = _codes(features, level, shown, field)
    names = [_names(each.get("properties") or {}, level, shown, field) for each in features]
    shapes, repairs = _shapes(features, codes, shown)

    frame = gpd.GeoDataFrame({"place": codes, "name": names}, geometry=shapes, crs=crs)
    combined = sorted({code for code in codes if codes.count(code) > 1})
    if combined:
        frame = frame.dissolve("place", as_index=False, aggfunc="first")
        repairs += [
            Repair(code, "places.combined", {"features": codes.count(code)}) for code in combined
        ]
    frame = frame.to_crs(LONLAT).sort_values("place", ignore_index=True)
    _check_bounds(frame, crs, shown, field)
    frame.geometry = [repaired(shape) for shape in frame.geometry]
    frame.geometry, overlaps = leave_overlaps_to_first(frame)
    repairs += overlaps
    gone = frame[frame.geometry.is_empty]
    if len(gone):
        raise _refused(shown, "geometry", gone["place"].iloc[0], "ground of its own",
                       "Another place covers all of it; correct the boundaries.")  # fmt: skip

    properties = pd.DataFrame([each.get("properties") or {} for each in features])
    by_place = properties.groupby(pd.Index(codes, name="place"), sort=True).agg(_common)
    report = LevelReport(
        shown, digest, str(crs), len(features), len(frame),
        dict(zip(values, codes, strict=True)), combined,
    )  # fmt: skip
    return Level(frame[["place", "name", "geometry"]], repairs, report, by_place)


def _common(values: pd.Series) -> Any:
    return values.iloc[0] if values.map(str).nunique() == 1 else None


def _refused(file: str, field: str, found: str, expected: str, remedy: str) -> EquityError:
    return DefinitionError.of([Problem(file, field, found, expected, remedy)])


def _document(path: Path, shown: str) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise _refused(shown, "(file)", type(error).__name__, "GeoJSON",
                       f"Export the layer as GeoJSON again ({error}).") from error  # fmt: skip
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise _refused(shown, "features", "none", "a GeoJSON FeatureCollection",
                       "Export the layer as GeoJSON again.")  # fmt: skip
    if not document["features"]:
        raise _refused(shown, "features", "an empty list", "at least one place",
                       "The layer holds no features; export it again.")  # fmt: skip
    return document


def _crs_of(document: dict[str, Any], level: PlaceLevel, shown: str, field: str) -> Any:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    said = ((document.get("crs") or {}).get("properties") or {}).get("name")
    try:
        own = CRS.from_user_input(said) if said else None
        declared = CRS.from_user_input(level.crs) if level.crs else None
    except CRSError as error:
        raise _refused(shown if said else "city.yml", f"{field}.crs", str(said or level.crs),
                       "the name of a coordinate system, such as EPSG:2227",
                       "Look the code up in the layer's description.") from error  # fmt: skip
    if own and declared and not own.equals(declared, ignore_axis_order=True):
        raise _refused("city.yml", f"{field}.crs", str(level.crs), f"{said}, as {shown} says",
                       "Leave crs out, or correct the file.")  # fmt: skip
    return own or declared or CRS.from_user_input(LONLAT)


def _codes(
    features: list[Any], level: PlaceLevel, shown: str, field: str
) -> tuple[list[str], list[str]]:
    """The code of each feature and the value in the file that it came from."""
    codes: list[str] = []
    values: list[str] = []
    value_of: dict[str, str] = {}
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") or {}
        if level.code not in properties:
            raise _no_property("code", level.code, properties, shown, field)
        code = place_code(properties[level.code])
        value = str(properties[level.code])
        if not code:
            raise _refused(shown, level.code, f"nothing in feature {number}", "a code",
                           "Give every feature a code, or leave the feature out.")  # fmt: skip
        if code in _RESERVED:
            raise _refused(shown, level.code, value, f"a code other than {', '.join(_RESERVED)}",
                           "These words have a meaning of their own; rename the place.")  # fmt: skip
        if value_of.setdefault(code, value) != value:
            raise _refused(shown, level.code, f"{value_of[code]} and {value}",
                           "values that give different codes",
                           f"Both become {code}; use another property as code.")  # fmt: skip
        codes.append(code)
        values.append(value)
    return codes, values


def _names(properties: dict[str, Any], level: PlaceLevel, shown: str, field: str) -> str:
    """The names of a feature, as JSON: one in each language in which the level words it."""
    names = {}
    for language, pattern in level.name.items():
        for each in _PLACEHOLDER.findall(pattern) or [pattern]:
            if each not in properties:
                raise _no_property("name", each, properties, shown, field)
        if _PLACEHOLDER.search(pattern):
            name = _PLACEHOLDER.sub(lambda found: str(properties[found[1]]), pattern)
        else:
            name = str(properties[pattern] or properties[level.code])
        names[language] = name
    return json.dumps(names, ensure_ascii=False, sort_keys=True)


def _no_property(
    name: str, wanted: str, properties: dict[str, Any], shown: str, field: str
) -> EquityError:
    near = get_close_matches(wanted, list(properties), n=1, cutoff=0.4)
    return _refused("city.yml", f"{field}.{name}", wanted,
                    f"a property of the features in {shown}: {', '.join(sorted(properties))}",
                    f"Did you mean {near[0]}?" if near else "Choose one of these.")  # fmt: skip


def _shapes(features: list[Any], codes: list[str], shown: str) -> tuple[list[Any], list[Repair]]:
    """The shape of each feature, valid and flat, and the repair of each that was not."""
    import shapely

    shapes: list[Any] = []
    repairs: list[Repair] = []
    for code, feature in zip(codes, features, strict=True):
        try:
            shape = shapely.force_2d(shapely.geometry.shape(feature["geometry"]))
        except (AttributeError, KeyError, TypeError, ValueError, shapely.errors.ShapelyError):
            shape = None
        if shape is not None and shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise _refused(shown, "geometry", f"{shape.geom_type} of {code}", "a polygon",
                           "Places are areas; export the polygon layer.")  # fmt: skip
        if shape is None or (mended := repaired(shape)).is_empty:
            raise _refused(shown, "geometry", f"nothing for {code}", "a polygon with an area",
                           "Draw the place, or leave the feature out.")  # fmt: skip
        if not shape.is_valid:
            repairs.append(Repair(code, fault_of(shape), {}))
        shapes.append(mended)
    return shapes, repairs


def _check_bounds(frame: gpd.GeoDataFrame, crs: Any, shown: str, field: str) -> None:
    west, south, east, north = frame.total_bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _refused("city.yml", f"{field}.crs", str(crs),
                       f"the coordinate system in which {shown} is written",
                       "Its coordinates do not fall on the globe in this one; set crs.")  # fmt: skip
