"""Where a city's files are, and the settings that come from the environment.

A workspace is a folder that holds everything of one city: definitions, boundaries, populations,
and the store that is built from them. Settings:

- `EQUITY_WORKSPACE`: the workspace's folder (default `data` beside the program).
- `EQUITY_DATA_ROOT`: the one folder outside the workspace that its YAML may point into.
- `EQUITY_STORE`: where what is built is kept (default `<workspace>/store`).
- `EQUITY_AUDIENCE`: `workstation` (the only one so far): one person on this machine.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from equity.errors import DefinitionError, EquityError, Problem

PROGRAM_ROOT = Path(__file__).resolve().parent.parent
DATA_ROOT_PREFIX = "data_root:"
STORE_PREFIX = "store:"
AUDIENCE = "workstation"
"""Whom the program serves: one person on this machine."""


@dataclass(frozen=True)
class Workspace:
    """The folders of one city. All paths are absolute."""

    root: Path
    store: Path
    data_root: Path | None = None

    # What the store holds. Only `publications` and `display` may be read by pages.
    @property
    def records(self) -> Path:
        """Accepted records, one Parquet part a source file. Private."""
        return self.store / "records"

    @property
    def raw(self) -> Path:
        """Raw exports that this program made itself (synthetic records). Private."""
        return self.store / "raw"

    @property
    def cube(self) -> Path:
        """Cells before disclosure control. Private."""
        return self.store / "cube"

    @property
    def ledger(self) -> Path:
        """The intake ledger and quarantine: counts, reasons, row numbers; never rows."""
        return self.store / "ledger"

    @property
    def publications(self) -> Path:
        """Published versions and the pointer to the current one."""
        return self.store / "publications"

    @property
    def display(self) -> Path:
        """Simplified boundaries for maps, each under the hash of its content."""
        return self.store / "display"

    def resolve(self, path: str, *, file: str = "", field: str = "") -> Path:
        """The absolute path that a YAML value names.

        Plain values are relative to the workspace; `data_root:x` is below EQUITY_DATA_ROOT and
        `store:x` below the store. Anything that would leave its folder is a `DefinitionError`
        that names `file` and `field`.
        """
        base, rest, name = self.root, path, "the workspace"
        if path.startswith(DATA_ROOT_PREFIX):
            if self.data_root is None:
                raise DefinitionError.of(
                    [
                        Problem(
                            file, field, path, "EQUITY_DATA_ROOT to be set",
                            "Set EQUITY_DATA_ROOT to the folder that holds the source files.",
                        )
                    ]
                )  # fmt: skip
            base, rest, name = self.data_root, path[len(DATA_ROOT_PREFIX) :], "EQUITY_DATA_ROOT"
        elif path.startswith(STORE_PREFIX):
            base, rest, name = self.store, path[len(STORE_PREFIX) :], "the store"
        target = (base / rest).resolve()
        if not target.is_relative_to(base.resolve()):
            raise DefinitionError.of(
                [
                    Problem(
                        file, field, path, f"a path inside {name}",
                        "Move the file there, or point EQUITY_DATA_ROOT at its folder.",
                    )
                ]
            )  # fmt: skip
        return target

    def name_of(self, path: Path) -> str:
        """`path` as it is shown to people: relative to the folder it belongs to."""
        for base, prefix in (
            (self.store, STORE_PREFIX),
            (self.root, ""),
            (self.data_root, DATA_ROOT_PREFIX),
        ):
            if base is not None and path.is_relative_to(base):
                return prefix + path.relative_to(base).as_posix()
        return path.name


def open_workspace(
    root: str | Path | None = None, environ: Mapping[str, str] | None = None
) -> Workspace:
    """The workspace named by `root`, else by EQUITY_WORKSPACE, else `data` beside the program.

    Raises `DefinitionError` where the folder holds no `city.yml`, `EquityError` for an audience
    that this program does not serve.
    """
    env = os.environ if environ is None else environ
    require_workstation(env)
    folder = Path(root or env.get("EQUITY_WORKSPACE") or PROGRAM_ROOT / "data").resolve()
    if not (folder / "city.yml").is_file():
        raise DefinitionError.of(
            [
                Problem(
                    "city.yml", "(file)", "no such file", f"a workspace in {folder.name}/",
                    "Set EQUITY_WORKSPACE to a folder that holds a city.yml; data/ is an example.",
                )
            ]
        )  # fmt: skip
    data_root = env.get("EQUITY_DATA_ROOT")
    return Workspace(
        root=folder,
        store=Path(env.get("EQUITY_STORE") or folder / "store").resolve(),
        data_root=Path(data_root).resolve() if data_root else None,
    )


def require_workstation(environ: Mapping[str, str]) -> None:
    """Raise `EquityError` for an `EQUITY_AUDIENCE` that this program does not serve."""
    audience = environ.get("EQUITY_AUDIENCE") or AUDIENCE
    if audience != AUDIENCE:
        raise EquityError.of(
            [
                Problem(
                    "(environment)", "EQUITY_AUDIENCE", audience, AUDIENCE,
                    "Unset it. The steward's page has no login yet, so pages are for one person "
                    "on this machine only.",
                )
            ]
        )  # fmt: skip


def require_this_machine(address: str | None) -> None:
    """Raise `EquityError` for a server address that other machines could reach.

    None is every address of the machine, as Streamlit takes it.

    >>> require_this_machine("127.0.0.1"), require_this_machine("localhost")
    (None, None)
    >>> require_this_machine("0.0.0.0")
    Traceback (most recent call last):
    equity.errors.EquityError: (environment): server.address: Found 0.0.0.0. Expected ...
    """
    if address == "localhost":
        return
    try:
        if address and ipaddress.ip_address(address).is_loopback:
            return
    except ValueError:
        pass
    raise EquityError.of(
        [
            Problem(
                "(environment)", "server.address", address or "every address",
                "127.0.0.1: pages have no login yet and are for this machine only",
                "Unset STREAMLIT_SERVER_ADDRESS, or leave --server.address out.",
            )
        ]
    )  # fmt: skip
