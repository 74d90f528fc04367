"""Runs every long test and prints each part's minutes: python tools/proof.py.

A part is a test file with tests marked `proof`. Exits with 1 when any part fails, after all ran.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the parts one after the other; the exit code is that of the worst."""
    parts = sorted(p for p in (ROOT / "tests").rglob("test_*.py") if "mark.proof" in p.read_text("utf-8"))  # fmt: skip
    results = []
    for part in parts:
        name = part.relative_to(ROOT).as_posix()
        print(f"proof: {name}", flush=True)
        begin = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-m",
            "proof",
            "-p",
            "no:cacheprovider",
            name,
        ]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        results.append((name, (time.monotonic() - begin) / 60, code))
    print(f"\n{'minutes':>8}  part")
    for name, minutes, code in results:
        print(f"{minutes:8.1f}  {name}{'' if code == 0 else '  FAILED'}")
    print(f"{sum(minutes for _, minutes, _ in results):8.1f}  in total")
    return max((code for _, _, code in results), default=0)


if __name__ == "__main__":
    sys.exit(main())
