"""A small, right workspace that tests copy and break."""

from __future__ import annotations

import json
from pathlib import Path

from equity.workspace import Workspace

FILES = {
    "city.yml": """
name: Testville
synthetic: true
time_zone: America/Los_Angeles
languages: [en, es]
crs: EPSG:26910
place_levels:
  - id: district
    title: {en: Council district, es: Distrito}
    title_plural: {en: Council districts, es: Distritos}
    boundaries: places/districts.geojson
    code: DISTRICT
    name: "District {DISTRICT}"
    source: {name: Testville GIS}
attributes:
  - id: income_fifth
    title: {en: Income fifth, es: Quinto de ingreso}
    level: district
    method: fifths
    file: places/income.csv
    key: district
    column: income
    population: people
    source: {name: Census}
""",
    "dimensions.yml": """
dimensions:
  - id: language
    title: {en: Language, es: Idioma}
    source: {field: language}
    groups:
      - {code: english, label: {en: English, es: Inglés}}
      - {code: spanish, label: {en: Spanish, es: Español}}
  - id: income_fifth
    title: {en: Income fifth, es: Quinto de ingreso}
    source: {attribute: income_fifth}
    ordered: true
    groups:
      - {code: "1", label: {en: Lowest, es: Más bajo}}
      - {code: "2", label: {en: Highest, es: Más alto}}
""",
    "population/residents.yml": """
title: {en: Residents, es: Residentes}
unit: {en: people, es: personas}
file: population/residents.csv
level: district
key: district
counts:
  - column: people
  - {column: english, groups: {language: english}}
  - {column: spanish, moe: spanish_moe, groups: {language: spanish}}
source: {name: Census}
""",
    "datasets/requests.yml": """
title: {en: Requests, es: Solicitudes}
owner: Data steward
source: {name: Testville}
files: [records/requests.csv]
fields:
  id: {column: ID, type: key, required: true}
  received: {column: RECEIVED, type: timestamp, required: true}
  closed: {column: CLOSED, type: timestamp}
  language: {column: LANG, type: code, codes: {E: english, S: spanish}}
private: [NOTES]
time: received
coordinates: {x: LON, y: LAT}
derived:
  days: days_between(received, closed)
reject:
  - id: backwards
    when: closed < received
    reason: {en: Closed before it was received, es: Cerrada antes de recibirse}
""",
    "departments/clean/department.yml": """
title: {en: Clean City, es: Ciudad limpia}
mission: {en: Clean streets for all., es: Calles limpias para todos.}
owner: Head of Clean City
programs:
  - id: dumping
    title: {en: Dumping, es: Vertidos}
    objectives:
      - id: equal_clearing
        statement: {en: Everyone's street is cleared as fast., es: Cada calle se limpia igual de rápido.}
        who: {en: Residents, es: Residentes}
        why: {en: Same service., es: Mismo servicio.}
""",
    "departments/clean/cleared.yml": """
title: {en: Cleared in 5 days, es: Retirado en 5 días}
objective: equal_clearing
definition: {en: Share of requests cleared in 5 days., es: Parte de las solicitudes.}
why: {en: It matters., es: Importa.}
subject: {en: requests, es: solicitudes}
dataset: requests
kind: share
numerator: days <= 5
unit: percent
direction: higher_is_better
dimensions: [language, income_fifth]
reference: {kind: city}
tolerance: {percent: 10}
unfinished:
  rule:
    - {when: closed is null, count_as: left_out}
  alternatives:
    not_cleared:
      - {when: closed is null, count_as: failure}
  alternative_titles:
    not_cleared: {en: Open counts as not cleared, es: Abierta cuenta como no retirada}
tables:
  - {places: [district], periods: [all, year], treatments: true}
  - {by: [language], periods: [all]}
monitoring: {cadence: yearly, owner: Data steward}
written_by: Data team
approved_by: Head of Clean City
approved_on: 2026-01-15
review_due: 2027-01-15
""",
    "departments/clean/rate.yml": """
title: {en: Requests per person, es: Solicitudes por persona}
objective: equal_clearing
definition: {en: Requests per 1000 people., es: Solicitudes por 1000 personas.}
why: {en: It matters., es: Importa.}
subject: {en: requests, es: solicitudes}
dataset: requests
kind: rate
population: residents
per: 1000
unit: per_1000
measures: complaints
direction: neutral
dimensions: [language]
reference: {kind: group, dimension: language, group: english}
tolerance: {points: 2}
tables:
  - {places: [city, district], by: [language], periods: [year]}
monitoring: {cadence: yearly, owner: Data steward}
written_by: Data team
review_due: 2027-01-15
""",
    "places/income.csv": "district,income,people\n1,50000,100\n2,90000,120\n",
    "population/residents.csv": "district,people,english,spanish,spanish_moe\n1,100,60,40,5\n2,120,90,30,4\n",
    "records/requests.csv": "ID,RECEIVED,CLOSED,LANG,LON,LAT,NOTES\n1,2026-01-01 08:00,2026-01-03 08:00,E,0.5,0.5,x\n",
}  # fmt: skip


def make_workspace(folder: Path) -> Workspace:
    """Write the small workspace into `folder`."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    square = [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"DISTRICT": 1},
             "geometry": {"type": "Polygon", "coordinates": square}}
        ],
    }  # fmt: skip
    (folder / "places" / "districts.geojson").write_text(json.dumps(collection), encoding="utf-8")
    return Workspace(root=folder, store=folder / "store")


def edit(workspace: Workspace, file: str, old: str, new: str) -> None:
    """Replace `old`, which must be there once, by `new`."""
    path = workspace.root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
