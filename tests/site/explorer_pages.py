"""Pages with explorers, and a browser to open them in."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "docs" / "_static" / "explorers"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def page(*bodies: str, theme: str = "light") -> str:
    """Return a page that loads the scripts as the site does."""
    scripts = "".join(f'<script defer src="{path.as_uri()}"></script>' for path in sorted(SCRIPTS.glob("*.js")))
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Explorers</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<link rel="stylesheet" href="{(SCRIPTS / "explorers.css").as_uri()}">{scripts}</head>'
        f"<body>{''.join(bodies)}</body></html>"
    )


def find_browser() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def opened(browser, path, **options):
    """Open a file; whatever the page complains about, or asks of another host, ends up in `page.complaints`."""
    context = browser.new_context(**options)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or complaints.append(request.url))
    page.complaints = complaints
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        context.close()
