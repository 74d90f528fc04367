"""A copy of a workspace whose synthetic records are Parquet: for benchmarks of many millions of rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from equity.workspace import Workspace, open_workspace

_FORMAT = re.compile(r"^format:.*\n", re.MULTILINE)


def parquet_copy(workspace: Workspace, folder: Path) -> Workspace:
    """`workspace` copied to `folder` without its store, every contract reading Parquet.

    The store of the copy is `store` in `folder`. A Parquet export is written about as fast as CSV in
    gzip and read many times faster.
    """
    shutil.copytree(workspace.root, folder, ignore=shutil.ignore_patterns("store"))
    for path in sorted((folder / "datasets").glob("*.yml")):
        text = _FORMAT.sub("", path.read_text(encoding="utf-8"))
        path.write_text(f"format: parquet\n{text}", encoding="utf-8")
    return open_workspace(folder, {})
