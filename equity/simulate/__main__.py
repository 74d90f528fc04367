"""`python -m equity.simulate [workspace]`: writes the sample's committed boundaries and populations."""

from __future__ import annotations

import sys
from pathlib import Path

from equity.simulate.places_and_people import write_committed_files
from equity.workspace import open_workspace

if __name__ == "__main__":
    root: Path = open_workspace(sys.argv[1] if len(sys.argv) > 1 else None).root
    for path in write_committed_files(root):
        print(path.relative_to(root).as_posix(), path.stat().st_size)
