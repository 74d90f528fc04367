"""Publishing is killed again and again while readers read: no reader ever meets half a version."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from equity.disclosure import publish
from equity.publication import current_version, open_publication
from equity.workspace import Workspace
from tests.publication.test_publication import definitions, entries, places, population

ROOT = Path(__file__).resolve().parents[2]
# Every entry of a version carries the same estimate, so that a mixture of two would show. For each
# number on its input the program starts a writer of its own (a fork: importing takes seconds) that
# publishes until it is killed.
WRITERS = """
import os, sys
from pathlib import Path
from equity.disclosure import publish
from equity.workspace import Workspace
from tests.publication.test_publication import definitions, entries, places, population
root = Path(sys.argv[1])
workspace = Workspace(root=root, store=root)
def write(count):
    while True:
        count += 1
        frame = entries().assign(estimate=float(count))
        frame.loc[frame["status"] == "suppressed", "estimate"] = None
        publish(workspace, definitions(), frame, places(), population(), {"count": count})
        print("published", flush=True)
for line in sys.stdin:
    writer = os.fork()
    if writer == 0:
        write(int(line))
    print("writer", writer, flush=True)
    os.waitpid(writer, 0)
"""


class Writers:
    """Starts writers one after the other, and kills them."""

    def __init__(self, root: Path):
        self.program = subprocess.Popen(
            [sys.executable, "-c", WRITERS, str(root)], cwd=ROOT, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def kill_one(self, number: int, after: float) -> None:
        """Start a writer, let it publish once, and kill it `after` that many more seconds."""
        self.program.stdin.write(f"{number}\n")
        writer, published = 0, False
        while not (writer and published):
            word, *rest = self.program.stdout.readline().split()
            if word == "writer":
                # what was still in the pipe came from the writer before this one
                writer, published = int(rest[0]), False
            published |= word == "published"
        time.sleep(after)
        os.kill(writer, signal.SIGKILL)

    def end(self) -> None:
        self.program.stdin.close()
        self.program.stdout.close()
        self.program.wait()


def torture(root: Path, kills: int, readers: int) -> tuple[int, int]:
    """Reads done and versions published while `kills` writers were killed at random moments."""
    workspace = Workspace(root=root, store=root)
    writers = Writers(root)
    writers.kill_one(0, 0.0)
    stop, faults, reads = threading.Event(), [], [0] * readers

    def read(me: int) -> None:
        while not stop.is_set():
            try:
                publication = open_publication(workspace)
                frame = publication.slice("cleared", place_level=None, dimension=None)
                shown = frame.loc[frame["status"] == "value", "estimate"]
                assert len(frame) == 36
                assert shown.nunique() == 1
                assert shown.iloc[0] == publication.meta["count"]
                reads[me] += 1
                time.sleep(0.002)  # leaves the writers some of the machine
            except BaseException as error:
                faults.append(error)
                return

    threads = [threading.Thread(target=read, args=(me,)) for me in range(readers)]
    for thread in threads:
        thread.start()
    chance = random.Random(1)
    for turn in range(kills):
        writers.kill_one(1000 * (turn + 1), chance.random() * 0.08)
    stop.set()
    writers.end()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    return sum(reads), current_version(workspace)


def test_readers_never_meet_half_a_version(tmp_path):
    reads, version = torture(tmp_path, kills=6, readers=2)
    assert reads > 10
    assert version >= 7


# Publishes version after version, each in a fork that dies at one system call later than the last.
STEPS = """
import os, signal, sys
from pathlib import Path
from equity.disclosure import publish
from equity.workspace import Workspace
from tests.publication.test_publication import definitions, entries, places, population
root = Path(sys.argv[1])
workspace = Workspace(root=root, store=root)
def dying(call, left):
    def step(*args, **options):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return call(*args, **options)
    return step
for line in sys.stdin:
    count = int(line)
    writer = os.fork()
    if writer == 0:
        left = [count]
        for name in ("replace", "fsync"):
            setattr(os, name, dying(getattr(os, name), left))
        frame = entries().assign(estimate=float(count))
        frame.loc[frame["status"] == "suppressed", "estimate"] = None
        publish(workspace, definitions(), frame, places(), population(), {"count": count})
        os._exit(0)
    print(os.waitpid(writer, 0)[1], flush=True)
"""


def test_whatever_the_step_at_which_a_writer_dies_there_is_a_whole_version(tmp_path):
    workspace = Workspace(root=tmp_path, store=tmp_path)
    publish(workspace, definitions(), entries().assign(estimate=None), places(), population(), {})
    died = []
    with subprocess.Popen(
        [sys.executable, "-c", STEPS, str(tmp_path)], cwd=ROOT, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as program:  # fmt: skip
        for count in range(9):
            program.stdin.write(f"{count}\n")
            died.append(int(program.stdout.readline()) == signal.SIGKILL)
            publication = open_publication(workspace)
            frame = publication.slice("cleared", place_level=None, dimension=None)
            assert len(frame) == len(entries())
            told = frame.loc[frame["status"] == "value", "estimate"].unique()
            assert publication.version == 1 or told == [publication.meta["count"]]
        program.stdin.close()
    # Two renames and four flushes make six steps to die at; after them a writer lives to the end.
    assert died == [True] * 6 + [False] * 3
    assert publication.meta["count"] == 8
    assert not list(tmp_path.rglob(".build-*"))


@pytest.mark.proof
def test_readers_never_meet_half_a_version_for_long(tmp_path):
    reads, version = torture(tmp_path, kills=120, readers=6)
    print(f"{reads} reads, {version} versions, 120 kills, 0 bad reads")
    assert reads > 1000
    assert version > 120
