"""JupyterLab on a course folder, for as long as a test run lasts."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import patience

from mlpkit.course.lab import lab_command, lab_environment

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-the-tests"
SETTINGS = {
    # All cells are in the page, also those out of sight.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}

ENDING_SECONDS = 60.0
"""How long JupyterLab may take to end when it is asked to."""


@contextmanager
def jupyter_lab(place: Path) -> Iterator[str]:
    """Serve the folder `place/course` as `mlp-course open` serves the working copy; yield the address.

    What JupyterLab keeps stands in `place` too, so that neither the user's settings nor the repository matter.
    """
    for name, setting in SETTINGS.items():
        path = place / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(setting))
    (place / "course").mkdir()
    (place / "home").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", place)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST"))}
    environment["JUPYTER_PATH"] = lab_environment()["JUPYTER_PATH"]
    environment |= {f"JUPYTER_{name}_DIR": str(place / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment |= {"JUPYTERLAB_SETTINGS_DIR": str(place / "settings"), "HOME": str(place / "home")}
    environment |= {"JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"), "IPYTHONDIR": str(place / "ipython")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command = lab_command(place / "course", [*options, f"--IdentityProvider.token={TOKEN}"])
    address = f"http://127.0.0.1:{port}"
    log = place / "lab.log"
    with (
        log.open("w") as out,
        subprocess.Popen(command, cwd=place, env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            deadline = time.monotonic() + patience.SECONDS
            while not _answers(address):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield address
        finally:
            process.terminate()  # which ends the kernels too
            try:
                process.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:  # a thread of its own that has missed the end can hold it up for ever
                process.kill()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=10):
            return True
    except OSError:
        return False


def end_kernels(address: str) -> None:
    """End every session, as "Shut Down All" does."""
    headers = {"Authorization": f"token {TOKEN}"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/api/sessions", headers=headers)) as answer:
        sessions = json.load(answer)
    for session in sessions:
        request = urllib.request.Request(f"{address}/api/sessions/{session['id']}", headers=headers, method="DELETE")
        urllib.request.urlopen(request).close()
