"""A browser, JupyterLab, and a page that must neither fail nor call outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import patience
import pytest
from lab_server import end_kernels, jupyter_lab
from lectures import build

BROWSERS = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
"""The programs that can be used, the quickest first: it has no windows to draw."""
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
GIVEN_UP = "net::ERR_ABORTED"
"""What was still being loaded, as icons are, when the page was closed."""
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium, without a window; a test without it is skipped, but not in CI."""
    missing = "" if CHROMIUM else "Chromium is not installed (Debian: apt-get install chromium-headless-shell)"
    try:
        from playwright.sync_api import expect, sync_playwright
    except ModuleNotFoundError:
        missing = "playwright is not installed (pip install playwright)"
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have a browser: {missing}")
        pytest.skip(missing)
    with sync_playwright() as playwright:
        expect.set_options(timeout=patience.MILLISECONDS)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(browser) -> Path:
    """The folder of the built pages."""
    return build()


@pytest.fixture
def opened(browser, site):
    """Open a page of the site in a window of its own; it must not complain or ask another host."""
    contexts, complaints = [], []

    def complain(found: str) -> None:
        complaints.append(found)

    def open_(name: str, **options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(patience.MILLISECONDS)
        page = contexts[-1].new_page()
        page.on("console", lambda message: message.type in {"error", "warning"} and complain(message.text))
        page.on("pageerror", lambda error: complain(str(error)))
        if options.get("java_script_enabled", True):  # else every script counts as failed
            page.on("requestfailed", lambda request: request.failure != GIVEN_UP and complain(f"failed: {request.url}"))
        page.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or complain(request.url))
        page.goto((site / f"{name}.html").as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def served(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of JupyterLab and the folder that it serves, empty at first."""
    place = tmp_path_factory.mktemp("lab")
    with jupyter_lab(place) as address:
        yield address, place / "course"


@pytest.fixture(scope="module")
def context(browser) -> Iterator:
    """What all pages share: a window's size and the cache."""
    made = browser.new_context(viewport={"width": 1400, "height": 1000})
    made.set_default_timeout(patience.MILLISECONDS)
    yield made
    made.close()


@pytest.fixture
def lab(context, served: tuple[str, Path]) -> Iterator:
    """An empty page at JupyterLab; afterwards, it must have had no errors and no requests to other machines."""
    from lab_page import LabPage

    address, folder = served
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
    page.on("console", lambda message: message.type == "error" and wrong.append(f"console: {message.text}"))
    page.on("request", lambda request: _is_inside(request.url, address) or wrong.append(f"request: {request.url}"))
    page.on("websocket", lambda socket: _is_inside(socket.url, address) or wrong.append(f"socket: {socket.url}"))
    yield LabPage(page, address, folder)
    page.close(run_before_unload=False)
    end_kernels(address)
    assert wrong == []


def _is_inside(url: str, address: str) -> bool:
    server = address.removeprefix("http://")
    return url.startswith((f"http://{server}/", f"ws://{server}/", "data:", "blob:"))
