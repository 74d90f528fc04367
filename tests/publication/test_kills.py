"""Publishing is killed again and again while readers read: no reader ever meets half a version."""

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from equity.publication import current_version, open_publication
from equity.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
# Every entry of a version carries the same estimate, so that a mixture of two would show.
WRITER = """
import sys
from pathlib import Path
from equity.disclosure import publish
from equity.workspace import Workspace
from tests.publication.test_publication import definitions, entries, places, population
root = Path(sys.argv[1])
workspace = Workspace(root=root, store=root)
count = int(sys.argv[2])
while True:
    count += 1
    frame = entries().assign(estimate=float(count))
    frame.loc[frame["status"] == "suppressed", "estimate"] = None
    publish(workspace, definitions(), frame, places(), population(), {"count": count})
    print(count, flush=True)
"""


def first_version(root: Path) -> Workspace:
    run = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), "0"], cwd=ROOT, stdout=subprocess.PIPE
    )
    run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    return Workspace(root=root, store=root)


def torture(root: Path, kills: int, readers: int) -> tuple[int, int]:
    """Reads done and versions published while `kills` writers were killed at random moments."""
    workspace = first_version(root)
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
        command = [sys.executable, "-c", WRITER, str(root), str(1000 * (turn + 1))]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()  # it has published once, and is at the next
            time.sleep(chance.random() * 0.08)
            writer.send_signal(signal.SIGKILL)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    return sum(reads), current_version(workspace)


def test_readers_never_meet_half_a_version(tmp_path):
    reads, version = torture(tmp_path, kills=2, readers=2)
    assert reads > 10
    assert version >= 3


@pytest.mark.proof
def test_readers_never_meet_half_a_version_for_long(tmp_path):
    reads, version = torture(tmp_path, kills=40, readers=6)
    print(f"{reads} reads, {version} versions, 40 kills, 0 bad reads")
    assert reads > 1000
    assert version > 40
