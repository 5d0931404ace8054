"""Nbgrader's button *Validate*, answered with a table of exercises: an extension of Jupyter's server.

It takes over the requests for notebooks of this course only. All others stay nbgrader's.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule

from mlpkit.course.fresh import run
from mlpkit.course.notebooks import Notebook, Unreadable, grades, read, text
from mlpkit.course.results import as_page
from mlpkit.course.standing import RENAMED
from mlpkit.course.work import NoCourse, Work

__all__ = ["Ours", "Results"]

ADDRESS = "/assignments/validate"
"""Where nbgrader's button asks."""


class Ours(Matcher):
    """Requests to validate a notebook of this course.

    Parameters
    ----------
    base_url : str
        Of the server.
    root : Path
        The folder that it serves.
    """

    def __init__(self, base_url: str, root: Path) -> None:
        self.address, self.root = url_path_join(base_url, ADDRESS), root.resolve()

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the notebook's file for the handler, or None if this is another request."""
        asked = request.query_arguments.get("path")
        if request.path != self.address or not asked:
            return None
        try:
            path = (self.root / asked[-1].decode("utf-8", "replace")).resolve()
            notebook = read(path) if path.is_relative_to(self.root) else None
        except (Unreadable, OSError, ValueError):
            return None
        found = notebook is not None and _is_ours(notebook)
        return {"target_kwargs": {"path": path, "notebook": notebook}} if found else None


class Results(APIHandler):
    """Runs a notebook and answers with what its checks said."""

    auth_resource = "kernels"

    def initialize(self, path: Path, notebook: Notebook) -> None:
        """Take what `Ours` found.

        Parameters
        ----------
        path : Path
            The notebook's file.
        notebook : dict
            What it holds.
        """
        self.path, self.notebook = path, notebook

    @web.authenticated
    @authorized(action="execute")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Answer in the form that the dialog of nbgrader's button reads."""
        ran = await asyncio.to_thread(run, self.notebook, self.path.parent)  # other requests go on
        page = as_page(self.path.stem, ran, _remark(self.path))
        self.finish(json.dumps({"success": True, "value": {"failed": [{"source": "", "error": page}]}}))


def _load_jupyter_server_extension(server: Any) -> None:
    """Take over the requests; Jupyter's server calls this."""
    router = server.web_app.default_router
    rule = Rule(Ours(server.base_url, Path(server.root_dir)), Results)
    router.rules.insert(0, router.process_rule(rule))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Say what the extension is; Jupyter's server calls this."""
    return [{"module": "mlpkit.course.server"}]


def _is_ours(notebook: Notebook) -> bool:
    """Whether a notebook was released by nbgrader and uses this library."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    released = any(grades(cell) and "checksum" in cell["metadata"]["nbgrader"] for cell in code)
    return released and any("mlpkit" in text(cell) for cell in code)


def _remark(path: Path) -> str:
    """What is said of a notebook that the student renamed."""
    try:
        renamed = Work.around(path).renamed
    except (NoCourse, Unreadable, OSError):
        return ""
    name = next((chapter for chapter, found in renamed.items() if found == path), "")
    return RENAMED.format(file=path.name, chapter=name) if name else ""
