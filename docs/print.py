"""Print the lectures of a built site into one PDF file: ``make pdf``."""

from __future__ import annotations

import io
import re
import shutil
import sys
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader, PdfWriter

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
TITLE = "Multilayer perceptrons from scratch"
MARGIN = {"top": "18mm", "bottom": "18mm", "left": "17mm", "right": "17mm"}
LOOK = "<!doctype html><meta charset=utf-8><title>{title}</title><style>{style}</style>{body}"
FRONT = """body { font: 11pt sans-serif; margin: 0 } h1 { font-size: 30pt; margin: 70mm 0 8mm }
  h2 { break-before: page }  ol { list-style: none; padding: 0 } li { display: flex; gap: 2mm }
  li.chapter { font-weight: 600; margin-top: 3mm }
  ol { columns: 2; column-gap: 10mm; font-size: 8.5pt }
  li { break-inside: avoid } li.chapter { break-after: avoid }
  li.section { padding-left: 4mm } li span:last-child { margin-left: auto } p { color: #444 }"""
"""Of the title page and the contents."""
NUMBERS = """body { margin: 0 } div { height: 297mm; position: relative; break-after: page; break-inside: avoid }
  span { position: absolute; bottom: 9mm; width: 100%; text-align: center; font: 8pt sans-serif; color: #555 }"""
"""Of the lines at the foot of each page."""
PAPER = 665
"""Pixels between the margins of a sheet."""
READY = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


TITLES = """() => [...document.querySelectorAll("article h2")].map(heading => {
  const copy = heading.cloneNode(true);
  for (const link of copy.querySelectorAll(".headerlink")) link.remove();
  return copy.textContent.trim();
})"""
"""The bookmarks that Chromium makes lose the spaces where a heading is broken, and some it writes twice."""


def printed(browser: Browser, path: Path) -> tuple[bytes, list[str]]:
    """Return one page of the site as PDF, with bookmarks for its headings, and the titles of its sections.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
        A headless Chromium.
    path : Path
        The HTML file.
    """
    page = browser.new_page(color_scheme="light", viewport={"width": PAPER, "height": 900})
    page.emulate_media(media="print")
    try:
        page.goto(path.resolve().as_uri())
        page.evaluate(READY)
        title = re.split(r" [—|-] ", page.title())[0]
        page.evaluate("title => { document.title = title; }", title)
        titles = page.evaluate(TITLES)
        return page.pdf(format="A4", margin=MARGIN, outline=True, tagged=True), titles
    finally:
        page.close()


def written(browser: Browser, body: str, style: str, margin: dict[str, str]) -> PdfReader:
    """Return HTML of our own as PDF."""
    page = browser.new_page()
    try:
        page.set_content(LOOK.format(title=TITLE, style=style, body=body))
        return PdfReader(io.BytesIO(page.pdf(format="A4", margin=margin)))
    finally:
        page.close()


def sections(chapter: PdfReader, titles: list[str]) -> list[tuple[str, int]]:
    """Return title and page of each section of a chapter; exercises are left out."""
    pages: list[int] = []

    def walk(marks: list[Any], depth: int) -> None:
        for mark in marks:
            if isinstance(mark, list):
                walk(mark, depth + 1)
            elif depth == 1:
                pages.append(chapter.get_destination_page_number(mark))

    walk(chapter.outline, 0)
    return [one for one in zip(titles, pages, strict=True) if not one[0].startswith("Exercise")]


def contents(chapters: list[tuple[str, int, list[tuple[str, int]]]]) -> str:
    """Return the title page and the contents as HTML; pages are numbered from the first chapter on."""
    lines = []
    for title, start, parts in chapters:
        lines.append(f'<li class="chapter"><span>{escape(title)}</span><span>{start + 1}</span></li>')
        for part, page in parts:
            lines.append(f'<li class="section"><span>{escape(part)}</span><span>{start + page + 1}</span></li>')
    front = f"<h1>{TITLE}</h1><p>The lectures, without the answers of the exercises.</p>"
    return f"{front}<h2>Contents</h2><ol>{''.join(lines)}</ol>"


def print_lectures(site: Path, target: Path) -> int:
    """Print every chapter of a site into one file, with title, contents and bookmarks; return the number of pages.

    Parameters
    ----------
    site : Path
        Folder of the built HTML.
    target : Path
        The PDF to write.

    Raises
    ------
    FileNotFoundError
        If the site has no chapters, or no Chromium is installed.
    """
    pages = sorted((site / "chapters").glob("*.html"))
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not pages:
        raise FileNotFoundError(f"there are no chapters in {site}: run `make site` first")
    if program is None:
        raise FileNotFoundError(f"printing needs one of these browsers: {', '.join(BROWSERS)}")
    book = PdfWriter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        made = [printed(browser, path) for path in pages]
        chapters = [PdfReader(io.BytesIO(data)) for data, _ in made]
        starts = [0, *accumulate(len(chapter.pages) for chapter in chapters)]
        titles = [str(chapter.metadata.title) for chapter in chapters]
        parts = [sections(chapter, own) for chapter, (_, own) in zip(chapters, made, strict=True)]
        front = written(browser, contents(list(zip(titles, starts, parts, strict=False))), FRONT, MARGIN)
        named = [title for title, chapter in zip(titles, chapters, strict=True) for _ in chapter.pages]
        feet = "".join(f"<div><span>{escape(title)} · {i}</span></div>" for i, title in enumerate(named, start=1))
        numbers = written(browser, feet, NUMBERS, dict.fromkeys(MARGIN, "0"))
        browser.close()
    book.append(front, import_outline=False)
    book.add_outline_item(title="Contents", page_number=1)
    for title, start, chapter, inside in zip(titles, starts, chapters, parts, strict=False):
        first = len(book.pages)
        book.append(chapter, import_outline=False)
        above = book.add_outline_item(title=title, page_number=first)
        for part, page in inside:
            book.add_outline_item(title=part, page_number=first + page, parent=above)
        for i in range(len(chapter.pages)):
            page = book.pages[first + i]
            page.merge_page(numbers.pages[start + i])
            page.compress_content_streams()
    book.add_metadata({"/Title": TITLE})
    book.compress_identical_objects()
    book.write(target)
    return len(book.pages)


if __name__ == "__main__":
    try:
        print(f"{print_lectures(Path(sys.argv[1]), Path(sys.argv[2]))} pages in {sys.argv[2]}")
    except FileNotFoundError as error:
        sys.exit(str(error))
