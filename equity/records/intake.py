"""Taking a dataset's files in: every row accepted or quarantined, every file balanced.

Files are taken in one after the other; the ledger, which names the parts in service, is replaced
once all of them are through. Until then, and after any error, the previous parts stay in service.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from equity.errors import IntakeError, Problem
from equity.framework.models import Definitions
from equity.records.contract import Contract, contract_of
from equity.records.files import SourceFile, opened, source_files
from equity.records.ledger import LedgerEntry, check_balance, read_entries, write_entries
from equity.records.part_files import part_facts, quarantined_counts, write_quarantine, writing
from equity.records.probe import Probe, probe
from equity.records.reading import Batch, csv_batches, parquet_batches, parquet_header
from equity.records.rows import Refused, Tally, part_schema, sort_out
from equity.records.rules import Rules
from equity.records.storage import only_intake, part_file, quarantine_file, sweep
from equity.workspace import Workspace

Progress = Callable[[str, float], None]
"""Called with the file's name and the part of the dataset that is done, 0 to 1."""


def take_in(
    workspace: Workspace,
    definitions: Definitions,
    dataset_id: str,
    progress: Progress | None = None,
) -> list[LedgerEntry]:
    """Take in every file of a dataset; the ledger's entries, in the order of the files.

    A file that is already in, under the same contract, boundaries and dimensions, is not read
    beyond its hash; nothing changes. Files of equal content count once.

    Raises `IntakeError` with every file's problems (nothing of this intake is then in service),
    `DefinitionError` for the contract's own faults and `LedgerError` where a file does not
    balance.
    """
    contract = contract_of(workspace, definitions, dataset_id)
    paths = source_files(workspace, dataset_id, contract.dataset)
    with only_intake(workspace, dataset_id):
        previous = read_entries(workspace, dataset_id)
        try:
            intake = _Intake(contract, previous, progress or (lambda name, done: None))
            entries = intake.run(paths)
            if entries != previous:
                write_entries(workspace, dataset_id, entries)
        finally:
            sweep(workspace, dataset_id, {e.key for e in read_entries(workspace, dataset_id)})
    return entries


def parts(workspace: Workspace, definitions: Definitions, dataset_id: str) -> list[Path]:
    """The Parquet parts in service, in the order of their files; `[]` before any intake.

    Raises `EquityError` where there is no such dataset, `IntakeError` where a part is gone.
    """
    contract_of(workspace, definitions, dataset_id)
    paths = [
        part_file(workspace, dataset_id, entry.key)
        for entry in read_entries(workspace, dataset_id)
        if not entry.already_loaded_as
    ]
    gone = [path for path in paths if not path.is_file()]
    if gone:
        raise IntakeError(
            f"{workspace.name_of(gone[0])} is gone. Take {dataset_id} in again to write it anew."
        )
    return paths


class _Intake:
    """One run over the files of a dataset."""

    def __init__(self, contract: Contract, previous: list[LedgerEntry], progress: Progress):
        self.contract, self.previous, self.progress = contract, previous, progress
        self.loaded: dict[str, LedgerEntry] = {}  # by content
        self.done = 0

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.contract)

    def run(self, paths: list[Path]) -> list[LedgerEntry]:
        """Entries in the order of `paths`; raises every file's problems together."""
        duplicates = self.contract.duplicates
        backwards = duplicates is not None and duplicates.rule == "keep_last"
        entries, problems = [], []
        for index, path in enumerate(reversed(paths) if backwards else paths):
            self.report = _reporter(self.progress, path.name, index, len(paths))
            try:
                entries.append(self.take(path))
            except IntakeError as error:
                problems += error.problems or [_unnamed(path, error)]
        if problems:
            raise IntakeError.of(problems)
        return entries[::-1] if backwards else entries

    def take(self, path: Path) -> LedgerEntry:
        """The entry of one file, read only as far as it is new."""
        workspace, id = self.contract.workspace, self.contract.id
        with opened(workspace, path) as source:
            known = [e.content for e in self.previous if e.sha256 == source.sha256]
            found: Probe | None = None
            content = known[0] if known else ""
            if not content:
                content, found = self.look(source)
            key = self.key(content)
            before = [e for e in self.previous if e.key == key and not e.already_loaded_as]
            if twin := self.loaded.get(content):
                entry = _entry(self.contract, source, content, twin.key)
                entry = replace(entry, already_loaded_as=twin.file, taken_in_at=twin.taken_in_at)
            elif before and _complete(workspace, id, key):
                entry = replace(
                    before[0], file=source.name, sha256=source.sha256, bytes=source.size
                )
            else:
                found = found or self.look(source)[1]
                entry = self.load(source, found, content, key)
        if not entry.already_loaded_as:
            self.loaded[content] = entry
        return entry

    def look(self, source: SourceFile) -> tuple[str, Probe | None]:
        """The hash of the content, and how to read it as text (None for Parquet)."""
        parquet = self.contract.dataset.format == "parquet"
        if parquet != (source.kind == "parquet"):
            raise IntakeError.of(
                [
                    Problem(
                        source.name, "format", f"a {source.kind} file",
                        f"{self.contract.dataset.format}, as the contract says",
                        "Correct format in the contract, or export again.",
                    )
                ]
            )  # fmt: skip
        if parquet:
            return source.sha256, None
        found = probe(
            source,
            self.contract.dataset,
            self.contract.columns,
            lambda part: self.report(part * 0.2),
        )
        return found.content, found

    def key(self, content: str) -> str:
        """Names the part: content, contract and, with a duplicates rule, the files that win."""
        winners = list(self.loaded) if self.contract.duplicates else []
        winners = [winner for winner in winners if winner != content]
        text = json.dumps([self.contract.digest, content, winners])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def load(self, source: SourceFile, found: Probe | None, content: str, key: str) -> LedgerEntry:
        """Read a file into its part and its quarantine."""
        contract, workspace = self.contract, self.contract.workspace
        header = found.header if found else parquet_header(source)
        positions, rules = contract.source_columns(source.name, header), self.rules
        tally, refused = Tally(), Refused()
        part = part_file(workspace, contract.id, key)
        quarantine = quarantine_file(workspace, contract.id, key)
        with_keys = contract.duplicates is not None
        with writing(part, part_schema(contract), with_keys=with_keys) as writer:
            for batch in self.batches(source, found, positions):
                writer.write(sort_out(contract, rules, batch, tally, refused, source.name))
            writer.close()
            source.verify()
            if contract.dataset.coordinates:
                tally.orientation.check(source.name, contract.dataset.coordinates)
            if contract.duplicates:
                winners = [part_file(workspace, contract.id, e.key) for e in self.loaded.values()]
                writer.drop_duplicates(contract.duplicates, winners, refused, source.name)
            write_quarantine(quarantine, refused)
        facts = part_facts(part)
        entry = replace(
            _entry(contract, source, content, key),
            encoding=found.encoding if found else "",
            delimiter=found.delimiter if found else "",
            rows_read=tally.rows_read,
            accepted=facts.rows,
            quarantined=quarantined_counts(quarantine),
            blank_lines=tally.blank_lines,
            outside=facts.outside,
            unknown=facts.unknown,
            emptied={name: count for name, count in tally.emptied.items() if count},
            without_location=tally.without_location,
            first_date=facts.first_date,
            last_date=facts.last_date,
        )
        entry = _with_other_columns(entry, contract, header)
        check_balance([entry])
        return entry

    def batches(
        self, source: SourceFile, found: Probe | None, positions: dict[str, int]
    ) -> Iterator[Batch]:
        """The file's rows, telling how far the reading is."""
        if found is None:
            batches = parquet_batches(source, list(positions))
        else:
            batches = csv_batches(source, found, positions)
        for batch in batches:
            self.report(0.2 + 0.8 * min(source.handle.tell() / source.size, 1))
            yield batch


def _complete(workspace: Workspace, dataset_id: str, key: str) -> bool:
    return (
        part_file(workspace, dataset_id, key).is_file()
        and quarantine_file(workspace, dataset_id, key).is_file()
    )


def _entry(contract: Contract, source: SourceFile, content: str, key: str) -> LedgerEntry:
    return LedgerEntry(
        dataset=contract.id,
        file=source.name,
        sha256=source.sha256,
        content=content,
        key=key,
        bytes=source.size,
        format=source.kind,
        taken_in_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _with_other_columns(
    entry: LedgerEntry, contract: Contract, header: list[str]
) -> LedgerEntry:  # fmt: skip
    """`entry` with the names of the columns that were not kept, by why."""
    dataset, read = contract.dataset, set(contract.columns)
    others = [name or "(no name)" for name in header if name not in read]
    private = [name for name in others if name in dataset.private]
    ignored = [name for name in others if name in dataset.ignored]
    return replace(
        entry,
        columns_private=private,
        columns_ignored=ignored,
        columns_not_in_contract=[n for n in others if n not in {*private, *ignored}],
    )


def _reporter(progress: Progress, name: str, index: int, count: int) -> Callable[[float], None]:
    return lambda part: progress(name, (index + part) / count)


def _unnamed(path: Path, error: IntakeError) -> Problem:
    return Problem(path.name, "(file)", "", "a file that can be taken in", str(error))
