"""What the server hands out beside the pages: simplified boundaries, under the hash of their content."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import sys
from contextlib import suppress
from threading import Thread
from typing import Any

import streamlit as st
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from equity.errors import EquityError
from equity.workspace import open_workspace, require_this_machine, require_workstation

DISPLAY = "/display/{name}"
HOME = "/overview"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}\.geojson")
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}

_FIXED = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
}
_FROM_ENVIRONMENT = {"server.address": str, "server.port": int}


def settings() -> dict[str, Any]:
    """The server's settings: what must hold whatever .streamlit/config.toml says, and its address.

    Streamlit reads STREAMLIT_SERVER_ADDRESS and STREAMLIT_SERVER_PORT only when it is started by
    its own command, so they are read here. Raises `EquityError` for an address that other machines
    could reach, and for an audience other than this workstation.
    """
    chosen = {
        name: kind(os.environ[variable])
        for name, kind in _FROM_ENVIRONMENT.items()
        if (variable := "STREAMLIT_" + name.upper().replace(".", "_")) in os.environ
    }
    require_workstation(os.environ)
    found = _FIXED | chosen
    require_this_machine(str(found["server.address"]))
    return found


def start(app: st.App) -> None:
    """Serve `app`; a refusal is told without a traceback."""
    try:
        config = settings()
    except EquityError as error:
        raise SystemExit(str(error)) from None
    app.run(config=config)


def boundaries(request: Request) -> Response:
    """One file of the workspace's display folder; every other name is not found."""
    name = request.path_params["name"]
    if not _NAME.fullmatch(name):
        raise HTTPException(404)
    try:
        path = open_workspace().display / name
    except EquityError:
        raise HTTPException(404) from None
    if not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type="application/geo+json", headers=_FOR_EVER)


def home(request: Request) -> Response:
    """The home page lives at the root; under its own name it would not be found."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{query}")


def routes() -> list[BaseRoute]:
    """The routes beside the app. They bypass any login, so nothing private may be added."""
    return [Route(DISPLAY, boundaries), Route(HOME, home)]


def stay_on_this_machine() -> None:
    """Raise `EquityError` where Streamlit's own command was told to listen to other machines."""
    require_this_machine(st.get_option("server.address"))


def load_ahead() -> None:
    """Begin to import and load what pages need, while the browser still fetches its own scripts."""
    _loading.start()


def loaded() -> None:
    """Wait until nothing is being imported: two threads that import at once can meet half a module."""
    if _loading.ident is not None:
        _loading.join()


def _load() -> None:
    usual = sys.getswitchinterval()
    # The server's own thread hands out the browser's scripts meanwhile.
    sys.setswitchinterval(usual / 10)
    try:
        _load_pages()
    finally:
        sys.setswitchinterval(usual)


def _load_pages() -> None:
    import equity.ui

    for module in pkgutil.iter_modules(equity.ui.__path__, "equity.ui."):
        importlib.import_module(module.name)
    from altair.utils import schemapi

    # half of a chart's time would go into checking our own tested charts
    schemapi.disable_debug_mode()
    import scipy.special  # noqa: F401 - every comparison asks for its distributions

    from equity.ui import load

    with suppress(EquityError):  # the page that asks for them says what is wrong
        workspace = open_workspace()
        load.definitions(workspace)
        load.publication(workspace)


_loading = Thread(target=_load, name="load-ahead", daemon=True)
