"""A small city with one metric of each kind, and findings about it, for tests of text and charts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from equity.findings.model import Entry, Finding
from equity.framework.models import Definitions, Metric

NAMES = {str(i): f"District {i}" for i in range(1, 8)} | {
    "outside": "outside",
    "unknown": "unknown",
    "": "the city",
}
SOURCE = {"name": "City of Examples, requests 2022"}


def metric(**changes: Any) -> Metric:
    """A share metric; `changes` replace fields."""
    base: dict[str, Any] = {
        "title": {"en": "Cleared within 5 days", "es": "Retirados en 5 días"},
        "objective": "clean",
        "definition": {
            "en": "Requests cleared within 5 days.",
            "es": "Avisos retirados en 5 días.",
        },
        "why": "It matters.",
        "subject": {"en": "reports", "es": "avisos"},
        "achieved": {"en": "cleared within 5 days", "es": "atendidos en 5 días"},
        "dataset": "requests",
        "kind": "share",
        "numerator": "days <= 5",
        "unit": "percent",
        "direction": "higher_is_better",
        "dimensions": ["language", "income"],
        "reference": {"kind": "city"},
        "tolerance": {"percent": 10},
        "monitoring": {"cadence": "yearly", "owner": "Steward"},
        "tables": [{"periods": ["year"]}],
        "written_by": "A",
        "review_due": date(2030, 1, 1),
        "unfinished": {
            "rule": [{"when": "open", "count_as": "left_out"}],
            "title": {"en": "left out", "es": "no se cuentan"},
            "alternatives": {"strict": [{"when": "open", "count_as": "failure"}]},
            "alternative_titles": {
                "strict": {"en": "counted as not cleared", "es": "contados como no atendidos"}
            },
        },
        "changes": [
            {"on": date(2021, 7, 1), "text": {"en": "New crews", "es": "Nuevas cuadrillas"}}
        ],
    }
    return Metric(**(base | changes))


def definitions(synthetic: bool = True, **metrics: Metric) -> Definitions:
    """Definitions that hold `metrics` (by default one, `cleared`)."""
    known = metrics or {"cleared": metric()}
    fifth = ["Lowest fifth", "Second", "Third", "Fourth", "Highest fifth"]
    quinto = ["Quinto más bajo", "Segundo", "Tercero", "Cuarto", "Quinto más alto"]
    return Definitions(
        city={
            "name": "Examples",
            "synthetic": synthetic,
            "time_zone": "America/Los_Angeles",
            "languages": ["en", "es"],
            "crs": "EPSG:26910",
            "place_levels": [
                {
                    "id": "district",
                    "title": {"en": "Council district", "es": "Distrito municipal"},
                    "title_plural": {"en": "Council districts", "es": "Distritos municipales"},
                    "boundaries": "d.geojson",
                    "code": "D",
                    "name": "District {D}",
                    "source": SOURCE,
                }
            ],
        },
        dimensions={
            "language": {
                "id": "language",
                "title": {"en": "Language spoken at home", "es": "Idioma del hogar"},
                "source": {"field": "language"},
                "groups": [
                    {"code": "en", "label": {"en": "English", "es": "Inglés"}},
                    {"code": "es", "label": {"en": "Spanish", "es": "Español"}},
                    {"code": "vi", "label": "Tiếng Việt: người nói tiếng Việt ở Quận 7"},
                ],
            },
            "income": {
                "id": "income",
                "title": {"en": "Income fifth", "es": "Quinto de ingresos"},
                "source": {"field": "income"},
                "ordered": True,
                "groups": [
                    {"code": str(i + 1), "label": {"en": fifth[i], "es": quinto[i]}}
                    for i in range(5)
                ],
            },
        },
        populations={
            "households": {
                "title": "Households",
                "unit": {"en": "households", "es": "hogares"},
                "file": "h.csv",
                "level": "district",
                "key": "k",
                "counts": [{"column": "n"}],
                "source": SOURCE,
            }
        },
        datasets={
            "requests": {
                "title": "Requests",
                "owner": "Steward",
                "source": SOURCE,
                "synthetic": synthetic,
                "files": ["r.csv"],
                "fields": {"days": {"type": "number"}},
            }
        },
        departments={},
        metrics=known,
        department_of=dict.fromkeys(known, "cleaning"),
        digest="x",
    )


def entry(code: str, estimate: float, half: float, position: str, steps: float, n: int = 100, **more: Any) -> Entry:  # fmt: skip
    """An entry with symmetric intervals of half width `half`."""
    return Entry(
        code,
        more.pop("status", "value"),
        position,  # type: ignore[arg-type]
        estimate=estimate,
        lower=estimate - half,
        upper=estimate + half,
        lower_simultaneous=estimate - 1.4 * half,
        upper_simultaneous=estimate + 1.4 * half,
        n=n,
        numerator=round(estimate * n / 100),
        denominator=n,
        steps=steps,
        **more,
    )


DISTRICTS = (
    entry("1", 78.0, 5, "unclear", 0.7, 190),
    entry("2", 85.1, 2.5, "ahead", 1.7, 310),
    entry("3", 61.0, 3, "behind", -1.6, 240, affected=12),
    entry("4", 44.0, 4, "behind", -3.9, 260, affected=41),
    entry("5", 72.0, 2, "within", -0.1, 900),
    Entry("6", "suppressed", "suppressed"),
    Entry("7", "no_records", "no_records"),
    entry("outside", 70.0, 20, "not_applicable", -0.4, 21),
)


def finding(**changes: Any) -> Finding:
    """A gap by district: District 4 is 28.7 points behind; `changes` replace fields."""
    base: dict[str, Any] = {
        "id": "cleared.place:district.year.2022-01-01",
        "metric": "cleared",
        "department": "cleaning",
        "by": "place:district",
        "period_kind": "year",
        "period": date(2022, 1, 1),
        "treatment": "",
        "verdict": "gap",
        "reference": "city",
        "reference_value": 72.7,
        "tolerance_lower": 65.4,
        "tolerance_upper": 80.0,
        "entries": DISTRICTS,
        "worst": "4",
        "lean": "behind",
        "gap": -28.7,
        "gap_lower": -32.7,
        "gap_upper": -24.7,
        "ratio": 0.6,
        "affected": 53,
        "unknown_share": 0.0,
        "missing": ("6", "7"),
        "caveats": ("suppressed", "no_records"),
        "publication": 3,
    }
    return Finding(**(base | changes))


def by_language(**changes: Any) -> Finding:
    """A finding that cannot tell, by language, with a tenth of unknown."""
    base: dict[str, Any] = {
        "by": "language",
        "verdict": "cannot_tell",
        "entries": (
            entry("en", 74.0, 3, "within", 0.2, 800),
            entry("es", 70.0, 6, "unclear", -0.4, 210),
            entry("vi", 64.0, 11, "unclear", -1.2, 87),
            entry("unknown", 71.0, 9, "unknown", -0.2, 120, status="unknown_group"),
        ),
        "worst": "vi",
        "gap": -8.7,
        "gap_lower": -19.7,
        "gap_upper": 2.3,
        "affected": None,
        "unknown_share": 0.1,
        "missing": (),
        "caveats": ("unknown",),
    }
    return finding(**(base | changes))


def places() -> pd.DataFrame:
    """Seven districts in a row, one degree apart."""
    codes = [str(i) for i in range(1, 8)]
    return pd.DataFrame(
        {
            "place_level": "district",
            "place": codes,
            "name": [NAMES[code] for code in codes],
            "x": [-122 + i / 50 + 0.01 for i in range(7)],
            "y": 37.3,
        }
    )


def boundaries() -> dict[str, Any]:
    """Their squares as GeoJSON, rings clockwise."""

    def ring(x: float) -> list[list[float]]:
        return [[x, 37.29], [x, 37.31], [x + 0.02, 37.31], [x + 0.02, 37.29], [x, 37.29]]

    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"place": str(i + 1), "name": f"District {i + 1}"},
                "geometry": {"type": "Polygon", "coordinates": [ring(-122 + i / 50)]},
            }
            for i in range(7)
        ],
    }


def series() -> pd.DataFrame:
    """Five years of three districts and the city; District 7 is withheld once, 2022 unfinished."""
    values = {"": [70, 71, 72, 73, 74], "3": [66, 64, 62, 60, 57], "4": [71, 70, 72, 71, 73], "7": [75, 74, None, 76, 77]}  # fmt: skip
    rows = [
        {
            "period": pd.Timestamp(2018 + i, 1, 1),
            "code": code,
            "status": "suppressed" if value is None else "value",
            "estimate": value,
            "lower": None if value is None else value - (1 if code == "" else 4),
            "upper": None if value is None else value + (1 if code == "" else 4),
            "n": None if value is None else 1000 if code == "" else 200,
            "immature": i == 4,
            "unstable": False,
            "note": "",
            "entry": "",
        }
        for code, numbers in values.items()
        for i, value in enumerate(numbers)
    ]
    return pd.DataFrame(rows)


def gaps() -> pd.DataFrame:
    """The gap of District 3 in those years: positive is behind."""
    frame = series()
    own = frame[frame["code"] == "3"].reset_index(drop=True)
    city = frame.loc[frame["code"] == "", "estimate"].reset_index(drop=True)
    return pd.DataFrame(
        {
            "period": own["period"],
            "estimate": own["estimate"],
            "reference": city,
            "gap": city - own["estimate"],
            "lower": city - own["upper"],
            "upper": city - own["lower"],
            "tolerance": city / 10,
            "status": own["status"],
            **{name: own[name] for name in ("immature", "n", "unstable", "note", "entry")},
        }
    )
