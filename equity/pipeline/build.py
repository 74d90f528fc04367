"""Records to a candidate publication, and the candidate to the version in service.

The heavy rooms are imported when there is something to build: asking whether anything changed
must cost less than a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from equity.errors import EquityError
from equity.pipeline.inputs import outside_patterns, read_inputs
from equity.pipeline.manifest import (
    Manifest,
    changed,
    forget,
    one_at_a_time,
    read_manifest,
    write_manifest,
)
from equity.workspace import Workspace

Progress = Callable[[str, float], None]
"""Told the stage, in words, and how much of it is done, 0 to 1."""
_MAKES_RECORDS = "sample"


@dataclass(frozen=True)
class BuildReport:
    """What a build did. `changed` is False where the last build still stands.

    `seconds` by stage; `statuses`: entries by status; `ledger`: dataset → (rows read, accepted,
    quarantined); `why`: what changed since the last build; `warnings`: from the definitions.
    """

    changed: bool
    seconds: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    ledger: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Status:
    """Where a workspace stands: see `status`.

    `changed`: metrics whose entries in a candidate are not those in service.
    """

    built: str | None
    differences: tuple[str, ...]
    current: int | None
    candidate: bool
    statuses: dict[str, int]
    changed: tuple[str, ...] = ()

    @property
    def up_to_date(self) -> bool:
        """Nothing to build and nothing to publish."""
        return self.built is not None and not self.differences and not self.candidate


def build(
    workspace: Workspace,
    progress: Progress | None = None,
    *,
    rows: int | None = None,
    force: bool = False,
) -> BuildReport:
    """Make a candidate publication of what lies in the workspace now; `publish` puts it in service.

    Does nothing where no definition, source file (by content) nor the program changed since the
    last build, unless `force`. `rows` is the number of synthetic records of a workspace with a
    `sample/` folder (the last build's number where None, else the folder's own). A build that fails
    leaves the publication in service as it was. Raises `EquityError` (its kinds) for faults in
    definitions or files, a ledger that does not balance, or another build under way.
    """
    with one_at_a_time(workspace):
        last = read_manifest(workspace)
        wanted = _rows(workspace, rows, last)
        if last is not None and not force:
            now = read_inputs(workspace, last.inputs.patterns, wanted, last.inputs)
            if now.digest == last.inputs.digest:
                if now != last.inputs:  # touched, not changed: do not read them again next time
                    write_manifest(workspace, replace(last, inputs=now))
                return BuildReport(False, statuses=last.statuses)
        return _build(workspace, progress or _quiet, wanted, last)


def publish(workspace: Workspace, *, force: bool = False) -> int:
    """Put the candidate of the last build in service; the number of the version in service.

    `force` writes a version anew even where the last build was published already.
    """
    from equity import disclosure, framework
    from equity.pipeline import candidate

    with one_at_a_time(workspace):
        manifest = read_manifest(workspace)
        if manifest is None or not candidate.exists(workspace):
            raise EquityError(
                "There is no finished build to publish. Run `python -m equity build` first."
            )
        held = candidate.read(workspace)
        definitions = framework.load(workspace)
        if definitions.digest != held.meta["built_from"]:
            raise EquityError(
                "The definitions changed after the last build. "
                "Run `python -m equity build` again, then publish."
            )
        version = disclosure.publish(
            workspace, definitions, held.entries, held.places, held.population, held.meta,
            held.monitoring, anew=force,
        )  # fmt: skip
        write_manifest(
            workspace, replace(manifest, published=version, in_service=manifest.contents)
        )
        return version


def status(workspace: Workspace) -> Status:
    """What was built when, what changed since, which version is in service. Reads nothing big."""
    from equity.pipeline.in_service import version_in_service

    last = read_manifest(workspace)
    current = version_in_service(workspace)
    if last is None:
        return Status(None, (), current, False, {})
    wanted = _rows(workspace, None, last)
    now = read_inputs(workspace, last.inputs.patterns, wanted, last.inputs)
    candidate = last.published is None or current is None
    return Status(
        last.built,
        tuple(now.differences(last.inputs)),
        current,
        candidate,
        last.statuses,
        changed(last) if candidate else (),
    )


def _build(
    workspace: Workspace,
    progress: Progress,
    rows: int | None,
    last: Manifest | None,
) -> BuildReport:
    from equity import framework
    from equity.pipeline import candidate, stages

    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[Callable[[float], None]]:
        begin = time.perf_counter()
        progress(name, 0.0)
        yield lambda done: progress(name, min(max(done, 0.0), 1.0))
        progress(name, 1.0)
        seconds[name] = round(time.perf_counter() - begin, 2)

    with stage("Checking the definitions"):
        warnings = stages.check(workspace)
        definitions = framework.load(workspace)
    if (workspace.root / _MAKES_RECORDS).is_dir():
        with stage("Making synthetic records") as done:
            stages.make_records(workspace, rows, done)
    patterns = outside_patterns(definitions.model_dump(mode="json"))
    inputs = read_inputs(workspace, patterns, rows, last.inputs if last else None)
    with stage("Drawing boundaries"):
        ground = stages.ground(workspace, definitions)
    ledger = {}
    for dataset in definitions.datasets:
        with stage(f"Taking in {dataset}") as done:
            ledger[dataset] = stages.take_in(workspace, definitions, dataset, done)
    with stage("Counting and estimating") as done:
        entries = stages.estimate(workspace, definitions, ground, done)
    with stage("Withholding small numbers"):
        held = stages.protect(workspace, definitions, entries, ground)
        statuses = {str(k): int(v) for k, v in held.entries["status"].value_counts().items()}
    with stage("Looking for what moves"):
        held = stages.monitor(definitions, held)
        forget(workspace)
        candidate.write(workspace, held)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    contents = candidate.contents(held.entries)
    in_service = last.in_service if last else {}
    write_manifest(
        workspace,
        Manifest(inputs, now, seconds, statuses, contents=contents, in_service=in_service),
    )
    why = inputs.differences(last.inputs) if last else ["first build"]
    return BuildReport(True, seconds, statuses, ledger, tuple(why), warnings)


def _rows(workspace: Workspace, rows: int | None, last: Manifest | None) -> int | None:
    """The number of synthetic records asked for now or last time; None is the sample's own."""
    if not (workspace.root / _MAKES_RECORDS).is_dir():
        return None
    return rows or (last.inputs.rows if last else None)


def _quiet(stage: str, done: float) -> None:
    """Progress that nobody asked for."""
