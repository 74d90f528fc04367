"""The command line: python -m equity build | publish | check | status | run | digest |
quarantine | schemas | calibrate.

Exit codes: 0 done, 1 something is wrong and the message says what to do, 2 the command was typed
wrongly, 130 interrupted.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from equity import pipeline
from equity.errors import EquityError
from equity.workspace import PROGRAM_ROOT, Workspace, open_workspace, require_this_machine

HOST = "127.0.0.1"
PORT = 8501
CALIBRATION = PROGRAM_ROOT / "docs" / "methods" / "calibration.md"
_INTERRUPTED = 130

app = typer.Typer(
    name="equity", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Build and publish a city's equity metrics, and explore them. "
    "The workspace is data/, or the folder that EQUITY_WORKSPACE names.",
)  # fmt: skip


class Format(StrEnum):
    """What a text is written as."""

    markdown = "markdown"
    html = "html"


Rows = Annotated[
    int | None,
    typer.Option(min=1, help="Synthetic records to make, in a workspace that makes its own."),
]
Force = Annotated[bool, typer.Option("--force", help="Do it even where nothing changed.")]


def main() -> None:
    """Run a command; a fault that a person can mend is told without a traceback."""
    try:
        app()
    except EquityError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("Interrupted; the publication in service is as it was.", file=sys.stderr)
        raise SystemExit(_INTERRUPTED) from None


@app.command()
def build(
    rows: Rows = None,
    publish: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Publish what was built.")
    ] = False,
    force: Force = False,
) -> None:
    """Take in the records, count and estimate, withhold small numbers: make a candidate."""
    workspace = open_workspace()
    _build(workspace, rows, force)
    if publish:
        _publish(workspace, force)
    elif pipeline.status(workspace).candidate:
        typer.echo("Publish it with: python -m equity publish")


@app.command()
def publish(force: Force = False) -> None:
    """Put what was built in service, in one step, as a new version."""
    _publish(open_workspace(), force)


@app.command()
def check() -> None:
    """Report every fault in the workspace's definitions; exit code 1 where there is an error."""
    from equity import framework

    problems = framework.check(open_workspace(), date.today())  # noqa: DTZ011 - a local day
    for problem in problems:
        typer.echo(f"{problem.severity}: {problem}", err=problem.severity == "error")
    errors = sum(problem.severity == "error" for problem in problems)
    typer.echo(f"{_count(errors, 'error')}, {_count(len(problems) - errors, 'warning')}.")
    if errors:
        raise typer.Exit(1)


@app.command()
def status() -> None:
    """Say what was built, what changed since, and which version is in service."""
    now = pipeline.status(open_workspace())
    if now.built is None:
        typer.echo("Nothing was built yet. Run: python -m equity build --publish")
    else:
        counts = ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in sorted(now.statuses.items()))
        typer.echo(f"Built {now.built}: {counts or 'no entries'}.")
        for difference in now.differences:
            typer.echo(f"Since then: {difference}.")
        if now.candidate:
            entries, withheld = sum(now.statuses.values()), now.statuses.get("suppressed", 0)
            typer.echo(
                f"It was not published yet: {entries:,} entries, {withheld:,} of them withheld; "
                f"not as in service: {', '.join(now.changed) or 'no metric'}. "
                "Run: python -m equity publish"
            )
    service = "none" if now.current is None else str(now.current)
    typer.echo(f"Version in service: {service}. {'Up to date.' if now.up_to_date else ''}".rstrip())


@app.command()
def run(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = PORT,
    rows: Rows = None,
) -> None:
    """Build and publish where something changed, then serve the pages on this machine only."""
    workspace = open_workspace()
    require_this_machine(os.environ.get("STREAMLIT_SERVER_ADDRESS", HOST))
    _require_free(port)
    state = pipeline.status(workspace)
    if not state.up_to_date or rows is not None:
        _build(workspace, rows, force=False)
        _publish(workspace, force=False)
    typer.echo(f"Open http://{HOST}:{port} (stop with Ctrl+C)")
    sys.stdout.flush()
    settings = {"STREAMLIT_SERVER_ADDRESS": HOST, "STREAMLIT_SERVER_PORT": str(port)}
    os.chdir(PROGRAM_ROOT)
    script = str(PROGRAM_ROOT / "app.py")
    os.execve(sys.executable, [sys.executable, script], {**os.environ, **settings})  # noqa: S606


@app.command()
def quarantine(
    dataset: Annotated[str, typer.Argument(help="The dataset, as its YAML file is called.")],
    file: Annotated[str, typer.Argument(help="The file, as the ledger names it.")],
    out: Annotated[Path, typer.Option("--out", help="The CSV file to write; it must not exist.")],
) -> None:
    """Write a file's quarantined rows, read again from the original. They may be private."""
    from equity import framework, records

    workspace = open_workspace()
    definitions = framework.load(workspace)
    if dataset not in definitions.datasets:
        known = ", ".join(definitions.datasets)
        raise EquityError(f"There is no dataset {dataset}. Name one of: {known}.")
    rows = records.write_quarantined(workspace, definitions, dataset, file, out)
    typer.echo(
        f"{_count(rows, 'row')} written to {out}, readable by you only. "
        "They may hold private fields: delete the file when you are done."
    )


@app.command()
def digest(
    since: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Periods that end on or after this day.")
    ],
    format: Annotated[Format, typer.Option(help="What to write.")] = Format.markdown,
    language: Annotated[
        str | None, typer.Option(help="One of the city's languages; its first where not said.")
    ] = None,
) -> None:
    """Write what changed since a day: the movements that are hardly chance, in sentences."""
    from equity import framework, monitoring, publication
    from equity.i18n import Translator
    from equity.narrative.digest import digest as text

    workspace = open_workspace()
    definitions = framework.load(workspace)
    spoken = definitions.city.languages
    if language is not None and language not in spoken:
        raise EquityError(f"There is no text in {language}. Name one of: {', '.join(spoken)}.")
    say = Translator(language or spoken[0], definitions.city.fiscal_year_start)
    day = since.date()
    now = publication.open_publication(workspace)
    before = publication.earlier(workspace, now.version, day)
    told = monitoring.feed(now.signals(), now.charts(), before.signals() if before else None, day)
    html = format is Format.html
    typer.echo(text(told, definitions, now, say, since=day, html=html), nl=False)


@app.command()
def schemas() -> None:
    """Write the JSON schemas by which an editor completes and checks YAML while one types."""
    from equity import framework

    for path in framework.write_schemas():
        typer.echo(path)


@app.command()
def calibrate(
    runs: Annotated[
        int, typer.Option(min=100, help="Draws of each population with known truth.")
    ] = 4000,
    seed: Annotated[int, typer.Option(min=0, help="Where chance begins.")] = 2026,
    out: Annotated[Path, typer.Option("--out", help="The Markdown file to write.")] = CALIBRATION,
) -> None:
    """Hold intervals, verdicts and trends against known truth; exit code 1 where one misses."""
    from equity.simulate import calibration

    with _progress() as progress:
        outcomes = calibration.run(runs, seed, progress=progress)
        points = calibration.curve(runs, seed, progress=progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    text = calibration.markdown(outcomes, points, runs=runs, seed=seed)
    out.write_text(text, encoding="utf-8")
    out.with_name("power.csv").write_text(calibration.table(points), encoding="utf-8")
    typer.echo(f"{_count(len(outcomes), 'check')} written to {out}.")
    missed = [(o.check.name, case) for o in outcomes for case in o.missed]
    for name, case in missed:
        typer.echo(f"missed: {name}, {case.population}: {case.value:.4f}", err=True)
    if missed:
        raise typer.Exit(1)


def _build(workspace: Workspace, rows: int | None, force: bool) -> None:
    with _progress() as progress:
        report = pipeline.build(workspace, progress, rows=rows, force=force)
    for warning in report.warnings:
        typer.echo(f"warning: {warning}", err=True)
    if not report.changed:
        typer.echo("Nothing changed since the last build.")
        return
    for dataset, (read, accepted, quarantined) in report.ledger.items():
        typer.echo(f"{dataset}: {read:,} rows read = {accepted:,} accepted + {quarantined:,} quarantined")  # fmt: skip
    entries = sum(report.statuses.values())
    withheld = report.statuses.get("suppressed", 0)
    typer.echo(
        f"Built {entries:,} entries, {withheld:,} of them withheld to protect people, "
        f"in {sum(report.seconds.values()):.1f} s."
    )


def _publish(workspace: Workspace, force: bool) -> None:
    typer.echo(f"Version {pipeline.publish(workspace, force=force)} is in service.")


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise EquityError(
                f"Port {port} cannot be used ({error.strerror}). Name another one: "
                f"python -m equity run --port {port + 1}"
            ) from None


@contextmanager
def _progress() -> Iterator[pipeline.Progress]:
    """A bar a stage on a terminal; one line a stage elsewhere, so that logs stay short."""
    if not sys.stderr.isatty():

        def line(stage: str, done: float) -> None:
            if done == 0:
                print(f"{stage} …", file=sys.stderr, flush=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, object] = {}

        def bar(stage: str, done: float) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=1.0)
            bars.update(tasks[stage], completed=done)  # type: ignore[arg-type]

        yield bar


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
