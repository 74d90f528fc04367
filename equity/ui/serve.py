"""What the server hands out beside the pages: simplified boundaries, under the hash of their content."""

from __future__ import annotations

import re

from altair.utils import schemapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from equity.errors import EquityError
from equity.workspace import open_workspace

DISPLAY = "/display/{name}"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}\.geojson")
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}

CONFIG = {
    "server.headless": True,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "server.fileWatcherType": "none",
}
"""Settings that a running city needs whatever its folder says. The address and port stay with
.streamlit/config.toml and STREAMLIT_* variables."""


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


def routes() -> list[BaseRoute]:
    """The routes beside the app. They bypass any login, so nothing private may be added."""
    return [Route(DISPLAY, boundaries)]


def prepare() -> None:
    """Before serving: half of a chart's time would go into checking our own tested charts."""
    schemapi.disable_debug_mode()
