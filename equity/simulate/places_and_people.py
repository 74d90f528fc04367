"""Writes the sample's boundaries, populations and place attributes: the committed files of `data/`.

Run `python -m equity.simulate` after changing `sample/areas.csv`, `geography.yml` or `people.yml`.
"""

from __future__ import annotations

from pathlib import Path

from equity.simulate.geography import make_places
from equity.simulate.people import make_people

_FOLDERS = {
    "residents": "population",
    "qualified_households": "population",
    "zip_attributes": "places",
}


def committed_files(root: Path) -> dict[str, str]:
    """Text of every committed file that is made from `root`/sample, by path below `root`."""
    sample = root / "sample"
    files = {f"places/{name}": text for name, text in make_places(sample).items()}
    for name, frame in make_people(sample).items():
        files[f"{_FOLDERS[name]}/{name}.csv"] = frame.to_csv(index=False, lineterminator="\n")
    return files


def write_committed_files(root: Path) -> list[Path]:
    """Writes `committed_files(root)`; the paths written."""
    paths = []
    for name, text in committed_files(root).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        paths.append(path)
    return paths
