"""The running app: its first map, a new session, a choice, twenty-five people at once, memory."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import websockets
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.city import Peak
from bench.report import Line
from equity import framework
from equity.publication import open_publication
from equity.workspace import PROGRAM_ROOT, Workspace

SESSIONS, THINK, LOAD_SECONDS = 25, 5.0, 60.0
CHOICES = 15
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_SHAPES = "g.mark-shape path"
_WATCH = """() => {
  document.querySelectorAll('svg').forEach(svg => { svg.dataset.old = '1'; });
  window.milliseconds = 0;
  let begin = 0;
  window.addEventListener('click', () => { begin = performance.now(); },
                          {capture: true, once: true});
  const look = () => {
    const drawn = document.querySelector('svg:not([data-old]) g.mark-shape path');
    if (begin && drawn) window.milliseconds = performance.now() - begin;
    else requestAnimationFrame(look);
  };
  look();
}"""
"""Measures the milliseconds from the click to a map that was not there before."""
_SETTLED = "() => !document.querySelector('svg[data-old] g.mark-shape')"
"""The maps of before the last choice are gone."""
_INSIDE = """shape => {
  const box = shape.getBoundingClientRect(), parts = [...Array(20).keys()].map(n => (n + .5) / 20);
  for (const down of parts) for (const across of parts) {
    const x = box.left + across * box.width, y = box.top + down * box.height;
    if (document.elementFromPoint(x, y) === shape) return [x, y];
  }
}"""
"""A point of the screen at which a click hits this shape and no other."""


@dataclass(frozen=True)
class Server:
    """A running app: its address and process."""

    url: str
    pid: int


@contextmanager
def serving(workspace: Workspace) -> Iterator[Server]:
    """The app over `workspace`, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "EQUITY_WORKSPACE": str(workspace.root),
        "EQUITY_STORE": str(workspace.store),
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        "STREAMLIT_SERVER_PORT": str(port),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # see bench/city.py
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=PROGRAM_ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _view(workspace: Workspace) -> dict[str, str]:
    """A map: the first metric and level that are published by place."""
    tables = open_publication(workspace).tables()
    shown = [each.id for each in framework.load(workspace).city.place_levels if each.display]
    row = tables[tables["place_level"].isin(shown)].iloc[0]
    return {"metric": row["metric"], "level": row["place_level"]}


def _window(browser: Browser) -> Page:
    """An empty window that shares nothing with others and has finished opening.

    What a browser does for a window of its own (Chromium loads pages for its address bar) is no
    part of what is measured.
    """
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.wait_for_timeout(1500)
    return page


def _open(page: Page, url: str) -> float:
    """Seconds from entering the address in an empty window to the shapes of the map."""
    begin = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(_SHAPES).first.wait_for(timeout=60_000)
    return time.perf_counter() - begin


def _wait_until_it_answers(url: str) -> None:
    while True:
        try:
            urlopen(f"{url}/_stcore/health").close()
            return
        except OSError:
            time.sleep(0.02)


def measure(workspace: Workspace) -> Iterator[Line]:
    """All of it, in one server; the browser is started beforehand."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    view = _view(workspace)
    with sync_playwright() as play, play.chromium.launch(
        executable_path=chromium, args=_FLAGS
    ) as browser:  # fmt: skip
        page = _window(browser)
        begin = time.perf_counter()
        with serving(workspace) as server, Peak(server.pid, every=0.2) as peak:
            url = f"{server.url}/breakdown?{urlencode(view)}"
            _wait_until_it_answers(server.url)
            _open(page, url)
            yield Line("start to first map", time.perf_counter() - begin, "s", limit=3)
            page.context.close()
            new = []
            for _ in range(5):
                page = _window(browser)
                new.append(_open(page, url))
                if len(new) < 5:
                    page.context.close()
            yield Line("new session to map, median of 5", statistics.median(new), "s", limit=2)
            chosen = [_choose(page, number) for number in range(CHOICES)]
            yield Line(
                f"choice to redrawn map, median of {CHOICES}", statistics.median(chosen), "s",
                limit=0.3, note=f"slowest {max(chosen):.2f} s",
            )  # fmt: skip
            page.context.close()
            with ThreadPoolExecutor(1) as thread:  # the browser's own loop runs in this one
                waits = thread.submit(asyncio.run, _crowd(server.url, workspace, view)).result()
            yield Line(
                f"{SESSIONS} sessions at {THINK:g} s think time, 95th percentile",
                float(np.quantile(waits, 0.95)), "s", limit=1.5,
                note=f"median {statistics.median(waits):.2f} s of {len(waits)} answers",
            )  # fmt: skip
        yield Line("memory of the app, peak", peak.gib * 1024, "MiB", limit=600)


def _choose(page: Page, number: int) -> float:
    """Seconds from a click on a shape of the map to the map that shows the choice."""
    page.wait_for_function(_SETTLED)
    # the first group holds every place; what is drawn above it is the outline of the chosen one
    shapes = page.locator("g.mark-shape").first.locator("path")
    shape = shapes.nth(number % shapes.count())
    shape.scroll_into_view_if_needed()
    x, y = shape.evaluate(_INSIDE)
    page.evaluate(_WATCH)
    page.mouse.click(x, y)
    page.wait_for_function("window.milliseconds")
    return float(page.evaluate("window.milliseconds")) / 1000


async def _crowd(url: str, workspace: Workspace, view: dict[str, str]) -> list[float]:
    """Seconds of every answer to people who each choose a place, think, and choose another."""
    codes = open_publication(workspace).places(view["level"])["place"].tolist()
    address = url.replace("http", "ws") + "/_stcore/stream"
    until = time.perf_counter() + LOAD_SECONDS
    waits: list[float] = []

    async def person(number: int) -> None:
        await asyncio.sleep(THINK * number / SESSIONS)
        async with websockets.connect(
            address, subprotocols=["streamlit"], origin=url, max_size=None, proxy=None
        ) as socket:  # fmt: skip
            step = 0
            while time.perf_counter() < until:
                query = {**view, "place": codes[(number + step) % len(codes)]}
                message = BackMsg()
                message.rerun_script.query_string = urlencode(query)
                message.rerun_script.page_name = "breakdown"
                begin = time.perf_counter()
                await socket.send(message.SerializeToString())
                await _finished(socket)
                if step:  # the first is a new session, measured above
                    waits.append(time.perf_counter() - begin)
                step += 1
                await asyncio.sleep(THINK)

    await asyncio.gather(*(person(number) for number in range(SESSIONS)))
    return waits


async def _finished(socket: websockets.ClientConnection) -> None:
    """Read until the server says that the script has run to its end."""
    while True:
        message = ForwardMsg()
        message.ParseFromString(await socket.recv())
        if message.WhichOneof("type") == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return
            raise RuntimeError("the page did not run to its end")
