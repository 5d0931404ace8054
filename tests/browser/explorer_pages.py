"""Pages with explorers, and windows to open them in."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import patience

SCRIPTS = Path(__file__).resolve().parents[2] / "docs" / "_static" / "explorers"


def page(*bodies: str, theme: str = "light") -> str:
    """Return a page that loads the scripts as the site does."""
    scripts = "".join(f'<script defer src="{path.as_uri()}"></script>' for path in sorted(SCRIPTS.glob("*.js")))
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Explorers</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<link rel="stylesheet" href="{(SCRIPTS / "explorers.css").as_uri()}">{scripts}</head>'
        f"<body>{''.join(bodies)}</body></html>"
    )


@contextmanager
def opened(browser, path, **options):
    """Open a file; whatever the page complains about, or asks of another host, ends up in `page.complaints`."""
    context = browser.new_context(**options)
    context.set_default_timeout(patience.MILLISECONDS)
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
