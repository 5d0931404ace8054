"""Print the lectures of a built site into one PDF file: ``make pdf``."""

from __future__ import annotations

import io
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader, PdfWriter

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
FOOTER = (
    '<div style="font: 8pt sans-serif; color: #555; width: 100%; text-align: center">'
    '<span class="title"></span> · <span class="pageNumber"></span></div>'
)
READY = """async () => {
  await MathJax.startup.promise;
  for (const answer of document.querySelectorAll("details:not(.hide)")) answer.open = true;
  await Promise.all([...document.images].map(image => image.decode().catch(() => 0)));
}"""
"""Waits for the formulas and the pictures, and opens the answers of the quizzes; folded code stays folded."""


def printed(browser: Browser, path: Path) -> bytes:
    """Return one page of the site as PDF.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
        A headless Chromium.
    path : Path
        The HTML file.
    """
    page = browser.new_page(color_scheme="light")
    try:
        page.goto(path.resolve().as_uri())
        page.evaluate(READY)
        title = re.split(r" [—|-] ", page.title())[0]
        page.evaluate("title => { document.title = title; }", title)
        margin = {"top": "18mm", "bottom": "18mm", "left": "17mm", "right": "17mm"}
        return page.pdf(
            format="A4", margin=margin, display_header_footer=True, header_template="<i></i>", footer_template=FOOTER
        )
    finally:
        page.close()


def print_lectures(site: Path, target: Path) -> int:
    """Print every chapter of a site into one file, with a bookmark for each, and return the number of pages.

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
    chapters = sorted((site / "chapters").glob("*.html"))
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not chapters:
        raise FileNotFoundError(f"there are no chapters in {site}: run `make site` first")
    if program is None:
        raise FileNotFoundError(f"printing needs one of these browsers: {', '.join(BROWSERS)}")
    book = PdfWriter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        for path in chapters:
            chapter = PdfReader(io.BytesIO(printed(browser, path)))
            start = len(book.pages)
            book.append(chapter, import_outline=False)
            book.add_outline_item(title=str(chapter.metadata.title), page_number=start)
        browser.close()
    book.add_metadata({"/Title": "Multilayer perceptrons from scratch"})
    book.compress_identical_objects()
    book.write(target)
    return len(book.pages)


if __name__ == "__main__":
    try:
        print(f"{print_lectures(Path(sys.argv[1]), Path(sys.argv[2]))} pages in {sys.argv[2]}")
    except FileNotFoundError as error:
        sys.exit(str(error))
