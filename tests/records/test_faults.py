"""Bad input: a clear error that names what to mend, and the previous parts stay in service."""

from __future__ import annotations

import gzip
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from equity.errors import DefinitionError, EquityError, IntakeError
from equity.records import files, parts, quarantined_rows, read_ledger, take_in, write_quarantined
from equity.workspace import Workspace
from tests.records.city import contract, definitions

HEADER = b"received,age,status\n"
ROW = b"2024-05-01 10:00:00,30,Closed\n"
GOOD = HEADER + ROW
KNOWN = definitions({"requests": contract(files=["in/*"])})


def damaged_zip() -> bytes:
    return zipped({"a.csv": GOOD * 1000})[:-200]


def zipped(members: dict[str, bytes]) -> bytes:
    path = Path(os.environ["TMPDIR_OF_TEST"]) / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path.read_bytes()


FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "an empty file"),
    "empty inside gzip": (lambda: gzip.compress(b""), "an empty file"),
    "header only": (lambda: HEADER, "no row after the header"),
    "header and blank lines": (lambda: HEADER + b"\n\n", "no row after the header"),
    "blank lines only": (lambda: b"\n\n", "no text"),
    "missing column": (
        lambda: GOOD.replace(b"received", b"Recieved"),
        r"received: Found no such column\..*nearest name in the file is Recieved",
    ),
    "two columns missing": (lambda: b"received,x,y\n" + ROW, r"age: .*\n.*status: "),
    "no header": (lambda: ROW * 3, "none of the contract's columns"),
    "column twice": (lambda: b"received,age,age,status\n1,2,3,4\n", "2 columns of that name"),
    "truncated gzip": (lambda: gzip.compress(GOOD * 1000)[:-9], "gzip file that is cut short"),
    "damaged gzip": (lambda: gzip.compress(GOOD)[:-8] + b"12345678", "cut short or damaged"),
    "damaged zip": (damaged_zip, "zip file that is cut short"),
    "two files in a zip": (lambda: zipped({"a": GOOD, "b": GOOD}), "2 files in it"),
    "workbook": (lambda: zipped({"[Content_Types].xml": b"<a/>"}), "an Excel workbook"),
    "old workbook": (lambda: b"\xd0\xcf\x11\xe0 and more", "an Excel workbook"),
    "bzip2": (lambda: b"BZh91AY", "bzip2"),
    "parquet as csv": (lambda: b"PAR1 and more", "a parquet file"),
    "NUL bytes": (lambda: GOOD + ROW + b"2024\0,1,a\n", "line 4: Found a NUL byte"),
    "UTF-16": (lambda: GOOD.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": (lambda: GOOD.decode().encode("utf-16-le"), "line 1: Found a NUL"),
    "mixed encodings": (
        lambda: GOOD + "2024-05-01 10:00:00,1,José\n".encode() + b"2024-05-01 10:00:00,1,Jos\xe9\n",
        "line 3 in UTF-8 and line 4 in another encoding",
    ),
    "quote left open": (lambda: GOOD + b'"2024,1,a\n' + ROW * 5, "line 3: .* is not well closed"),
    "names not in the encoding": (
        lambda: GOOD.replace(b"status", b"status,na\x81me") + b"1,2,3,4\n",
        r"\(header\).*windows-1252",
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR_OF_TEST", str(tmp_path))


@pytest.fixture
def served(workspace: Workspace) -> Workspace:
    """A workspace in which a good file is in service."""
    (workspace.root / "in" / "good.csv").write_bytes(GOOD)
    take_in(workspace, KNOWN, "requests")
    return workspace


def store(workspace: Workspace) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in workspace.store.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_and_nothing_is_lost(served: Workspace, name: str) -> None:
    make, message = FAULTS[name]
    before = store(served)
    (served.root / "in" / "bad.csv").write_bytes(make())
    with pytest.raises(IntakeError, match=f"(?s){message}") as caught:
        take_in(served, KNOWN, "requests")
    assert caught.value.problems
    assert all(problem.file == "in/bad.csv" for problem in caught.value.problems)
    assert all(problem.remedy and problem.expected for problem in caught.value.problems)
    assert store(served) == before
    assert len(parts(served, KNOWN, "requests")) == 1


def test_every_files_problems_come_together(served: Workspace) -> None:
    (served.root / "in" / "a.csv").write_bytes(b"")
    (served.root / "in" / "z.csv").write_bytes(HEADER)
    with pytest.raises(IntakeError) as caught:
        take_in(served, KNOWN, "requests")
    assert [problem.file for problem in caught.value.problems] == ["in/a.csv", "in/z.csv"]


def test_no_file_at_all(workspace: Workspace) -> None:
    with pytest.raises(IntakeError, match="a file that is there"):
        take_in(workspace, KNOWN, "requests")


def test_a_line_of_200_mb_needs_no_memory(served: Workspace) -> None:
    import tracemalloc

    path = served.root / "in" / "long.csv"
    with path.open("wb") as handle:
        handle.write(HEADER)
        for _ in range(200):
            handle.write(b"x" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(IntakeError, match=r"line 2: Found a line of more than 1 MiB"):
        take_in(served, KNOWN, "requests")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_compression_bomb_is_stopped(served: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "RATIO_FROM", 4 << 20)
    (served.root / "in" / "bomb.csv").write_bytes(gzip.compress(HEADER + ROW * 1_000_000))
    with pytest.raises(IntakeError, match="content at most 200 times as large"):
        take_in(served, KNOWN, "requests")


@pytest.mark.parametrize("how", ["replaced", "rewritten", "grown", "removed"])
def test_a_file_replaced_while_it_is_read(workspace: Workspace, how: str) -> None:
    path = workspace.root / "in" / "a.csv"
    path.write_bytes(HEADER + ROW * 10)
    done = False

    def meddle(name: str, share: float) -> None:
        nonlocal done
        if share < 0.2 or done:  # the first pass is over, the second has begun
            return
        done = True
        if how == "replaced":
            other = path.with_suffix(".new")
            other.write_bytes(HEADER + ROW * 10)
            other.replace(path)
        elif how == "rewritten":
            with path.open("r+b") as handle:
                handle.seek(len(HEADER))
                handle.write(b"2023")
        elif how == "grown":
            with path.open("ab") as handle:
                handle.write(ROW)
        else:
            path.unlink()

    with pytest.raises(IntakeError, match="replaced while it was being read"):
        take_in(workspace, definitions({"requests": contract()}), "requests", meddle)
    assert done
    assert read_ledger(workspace).empty
    assert not list(workspace.store.rglob("*.parquet"))


def test_rows_that_are_not_rows_are_quarantined(workspace: Workspace) -> None:
    (workspace.root / "in" / "a.csv").write_bytes(
        HEADER + ROW + b"short\n" + b"\n" + ROW.replace(b"\n", b",extra\n")
        + b'2024-05-01 10:00:00,1,"a"b\n' + ROW + b'"last'
    )  # fmt: skip
    known = definitions({"requests": contract()})
    (entry,) = take_in(workspace, known, "requests")
    assert (entry.rows_read, entry.accepted, entry.blank_lines) == (6, 2, 1)
    assert entry.quarantined == {"columns": 2, "quoting": 2}
    rows = list(quarantined_rows(workspace, known, "requests", "in/a.csv"))
    assert [row.row_number for row in rows] == [3, 5, 6, 8]
    assert rows[0].cells == ["short"]


def test_a_declared_encoding_quarantines_the_rows_that_are_not_in_it(workspace: Workspace) -> None:
    rows = "2024-05-01 10:00:00,1,José\n".encode() + b"2024-05-01 10:00:00,1,Jos\xe9\n"
    (workspace.root / "in" / "a.csv").write_bytes(GOOD + rows)
    known = definitions({"requests": contract(encoding="utf-8")})
    (entry,) = take_in(workspace, known, "requests")
    assert (entry.accepted, entry.quarantined) == (2, {"encoding": 1})
    (row,) = quarantined_rows(workspace, known, "requests", "in/a.csv")
    assert row.row_number == 4
    assert row.cells[2] == "Jos\N{REPLACEMENT CHARACTER}"
    known = definitions({"requests": contract(encoding="windows-1252")})
    (entry,) = take_in(workspace, known, "requests")
    assert entry.accepted == 3


def test_a_byte_order_mark_against_the_contract(workspace: Workspace) -> None:
    (workspace.root / "in" / "a.csv").write_bytes(b"\xef\xbb\xbf" + GOOD)
    with pytest.raises(IntakeError, match="byte order mark"):
        take_in(workspace, definitions({"requests": contract(encoding="windows-1252")}), "requests")


def test_undefined_bytes_of_windows_1252(workspace: Workspace) -> None:
    (workspace.root / "in" / "a.csv").write_bytes(GOOD + ROW.replace(b"Closed", b"\x81\xe9"))
    (entry,) = take_in(workspace, definitions({"requests": contract()}), "requests")
    assert (entry.accepted, entry.quarantined) == (1, {"encoding": 1})


def test_the_original_must_be_the_one_that_was_taken_in(served: Workspace) -> None:
    path = served.root / "in" / "good.csv"
    path.write_bytes(HEADER + b"nonsense,1,a\n")
    with pytest.raises(IntakeError, match="another file than the one that was taken in"):
        list(quarantined_rows(served, KNOWN, "requests", "in/good.csv"))
    path.unlink()
    (served.root / "in" / "other.csv").write_bytes(GOOD)
    with pytest.raises(IntakeError, match="no such file"):
        list(quarantined_rows(served, KNOWN, "requests", "in/good.csv"))


def test_quarantined_rows_go_to_a_file_for_its_owner_only(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.root / "in" / "a.csv").write_bytes(GOOD + b"nonsense,1,a\n" + b"x,1,a,more\n")
    take_in(workspace, KNOWN, "requests")
    out = tmp_path / "rows.csv"
    assert write_quarantined(workspace, KNOWN, "requests", "in/a.csv", out) == 2
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    lines = out.read_text("utf-8-sig").splitlines()
    assert lines == [
        "row_number,reason,received,age,status", "3,type:received_at,nonsense,1,a",
        "4,columns,x,1,a,more",
    ]  # fmt: skip
    with pytest.raises(EquityError, match="File exists"):
        write_quarantined(workspace, KNOWN, "requests", "in/a.csv", out)
    (workspace.root / "in" / "a.csv").write_bytes(GOOD)
    with pytest.raises(IntakeError, match="another file"):
        write_quarantined(workspace, KNOWN, "requests", "in/a.csv", tmp_path / "no.csv")
    assert not (tmp_path / "no.csv").exists()
    with pytest.raises(EquityError, match="never written to the store"):
        write_quarantined(workspace, KNOWN, "requests", "in/a.csv", workspace.store / "a.csv")


@pytest.mark.parametrize("cut", [0, 1, 3])
def test_a_damaged_parquet_file(workspace: Workspace, cut: int) -> None:
    path = workspace.root / "in" / "a.parquet"
    frame = pd.DataFrame({"received": ["2024-05-01 10:00"] * 999, "age": 1, "status": "a"})
    (frame if cut else frame[:0]).to_parquet(path)
    known = definitions({"requests": contract(files=["in/*"], format="parquet")})
    if cut:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // cut - cut])
    with pytest.raises(IntakeError, match="cut short or damaged" if cut else "without rows"):
        take_in(workspace, known, "requests")


def test_a_field_may_not_read_a_private_column(served: Workspace) -> None:
    with pytest.raises(DefinitionError, match="private: Found age"):
        take_in(served, definitions({"requests": contract(private=["age"])}), "requests")


def test_an_expression_that_is_not_allowed(served: Workspace) -> None:
    bad = contract(derived={"x": "(select 1)"})
    with pytest.raises(EquityError, match=r"derived\.x"):
        take_in(served, definitions({"requests": bad}), "requests")


def test_free_text_is_not_a_code(workspace: Workspace) -> None:
    rows = b"".join(b"2024-05-01 10:00:00,1,note %d\n" % n for n in range(5001))
    (workspace.root / "in" / "a.csv").write_bytes(HEADER + rows)
    with pytest.raises(IntakeError, match="status: Found more than 5000 different values"):
        take_in(workspace, definitions({"requests": contract()}), "requests")
    (workspace.root / "in" / "a.csv").write_bytes(GOOD + ROW.replace(b"Closed", b"word " * 30))
    (entry,) = take_in(workspace, definitions({"requests": contract()}), "requests")
    assert entry.quarantined == {"code:status": 1}
