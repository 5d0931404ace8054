"""The lectures as a site: whole, readable by everybody, without an outside host and without answers."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest
from lectures import CHAPTERS, DOCS, PAGES, build, parsed, plain, secrets
from pypdf import PdfReader

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
SOME = ("index", "chapters/01_neuron", "chapters/03_backprop", "api/losses", "instructors", "search")
MOST_BYTES = 2_000_000
GIVEN_UP = "net::ERR_ABORTED"
"""What was still being loaded, as icons are, when the page was closed."""
THEMES_OWN = {"label-content-name-mismatch", "region"}
"""What axe finds in every page of this theme, whatever stands on it."""
UNRENDERED = """() => [...document.querySelectorAll(".math")]
  .filter(formula => !formula.querySelector("mjx-container") || formula.querySelector("[data-mml-node=merror]"))
  .map(formula => formula.textContent)"""
CUT_OFF = """() => [...document.querySelectorAll(".cell_input pre, .cell_output pre")]
  .filter(code => code.scrollWidth > code.clientWidth).map(code => code.textContent.slice(0, 60))"""
OUT_OF_REACH = """() => [...document.querySelectorAll("span.math")]
  .filter(formula => !formula.closest(".long, table"))
  .filter(formula => [...formula.querySelectorAll("svg")].some(drawn =>
    drawn.getBoundingClientRect().right > formula.getBoundingClientRect().right + 10))
  .map(formula => formula.textContent)"""
"""Formulas of which something drawn is cut off; the text that MathJax adds for screen readers is not drawn."""
PICTURES = """() => [...document.images].map(image => {
  const {alt, naturalWidth, src} = image;
  return {alt, drawn: naturalWidth > 0, name: src.slice(0, 60)};
})"""


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


def formulas_are_ready(page) -> None:
    page.evaluate("() => window.MathJax?.startup?.promise.then(() => true)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_can_be_read_by_everybody(opened, name):
    """Three looks at a page, which is loaded once."""
    page = opened(name, viewport={"width": 1300, "height": 900}, color_scheme="light", reduced_motion="reduce")
    formulas_are_ready(page)
    is_whole(page)
    can_be_read_by_everybody(page, "light")
    page.set_viewport_size({"width": 360, "height": 740})
    is_narrow(page)


def is_whole(page) -> None:
    assert page.evaluate(UNRENDERED) == []
    for picture in page.evaluate(PICTURES):
        assert picture["drawn"], picture
        assert picture["alt"] or "favicon" in picture["name"], picture
        assert not picture["alt"].lower().endswith((".png", ".svg", ".webp", ".jpg")), picture
    assert page.locator("h1:visible").count() == 1
    assert page.evaluate(CUT_OFF) == []


def can_be_read_by_everybody(page, theme: str) -> None:
    assert page.locator("html").get_attribute("data-theme") == theme
    found = axe.Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
    serious = [rule for rule in found if rule["impact"] in {"serious", "critical"} and rule["id"] not in THEMES_OWN]
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:5]) for rule in serious] == []


@pytest.mark.parametrize("name", SOME)
def test_a_page_can_be_read_in_the_dark(opened, name):
    page = opened(name, color_scheme="dark", reduced_motion="reduce")
    formulas_are_ready(page)
    can_be_read_by_everybody(page, "dark")


@pytest.mark.parametrize(
    "name", [name if name in SOME else pytest.param(name, marks=pytest.mark.slow) for name in PAGES]
)
def test_a_page_fits_a_phone(opened, name):
    page = opened(name, viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True)
    formulas_are_ready(page)
    is_narrow(page)


def is_narrow(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(OUT_OF_REACH) == []


def test_links_hold(site):
    pages = {path.resolve(): parsed(path) for path in site.rglob("*.html") if "_static" not in path.parts}
    broken = []
    for path, page in pages.items():
        for reference in page.references:
            if reference.startswith(("http:", "https:", "mailto:", "data:", "javascript:")):
                continue
            name, _, anchor = reference.partition("#")
            target = (path.parent / unquote(name.partition("?")[0])).resolve() if name else path
            if not target.exists() or (anchor and target in pages and unquote(anchor) not in pages[target].anchors):
                broken.append((path.name, reference))
    assert broken == []


def test_no_answer_and_no_hidden_test(site):
    secret = secrets()
    assert len(secret) > 1000
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".js", ".json", ".ipynb", ".txt", ".inv"}]
    found = [
        (path.name, line)
        for path in files
        if path.stat().st_size < 10**7 and path.suffix != ".inv"
        for text in [plain(path)]
        for line in secret
        if line in text
    ]
    assert found == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_light(site, name):
    assert (site / f"{name}.html").stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_works_without_javascript(opened, name):
    page = opened(name, java_script_enabled=False)
    assert page.locator("mlp-explorer img, .cell_output img").first.is_visible()
    quiz = page.locator("details:has(> summary):not(.hide)").first
    quiz.locator("summary").click()
    assert quiz.locator("p, ul, ol").first.is_visible()


def test_the_menu_numbers_the_chapters(opened):
    page = opened("index", viewport={"width": 1300, "height": 900})
    entries = page.locator(".bd-sidebar-primary a[href*='chapters/']").all_inner_texts()
    numbers = [f"{int(name.removeprefix('chapters/')[:2])}." for name in CHAPTERS]
    assert [entry.split()[0] for entry in entries] == numbers
    assert entries[1] == "1. The neuron"


def test_a_chapter_leads_to_its_notebook(opened, site):
    page = opened("chapters/01_neuron")
    link = page.get_by_role("link", name="download the notebook")
    assert (site / "chapters" / link.get_attribute("href")).resolve().read_bytes() == (
        DOCS.parent / "course" / "01_neuron" / "01_neuron.ipynb"
    ).read_bytes()
    assert page.get_by_text("weighted_sum([1.0, 2.0, 3.0], [1.0, 0.5, 1.0], 0.5)").is_visible()
    checks = page.locator("#weighted-sum, details.hide").first
    assert checks.count()


def test_an_explorer_answers_in_its_chapter(opened):
    kinds = set()
    for name in CHAPTERS:
        page = opened(name)
        for explorer in page.locator("mlp-explorer[kind]").all():
            kind = explorer.get_attribute("kind")
            told = explorer.locator("[aria-live]")
            before = told.text_content()
            explorer.locator("input[type=range]").first.focus()
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
            sync_api.expect(told, kind).not_to_have_text(before)
            kinds.add(kind)
    assert {"neuron", "bowl", "graph", "playground"} <= kinds


def test_the_search_finds(opened):
    page = opened("search")
    page.goto(f"{page.url}?q=momentum")
    page.wait_for_selector("ul.search li")
    assert page.locator("ul.search li").count() > 3


def test_the_reference_says_where_a_thing_is_taught(opened):
    page = opened("api/optimizers")
    link = page.locator("dl:has(dt#mlpkit\\.optimizers\\.Adam) a[href*='chapters/']").first
    assert "05_design" in link.get_attribute("href")


def test_the_reference_says_which_names_there_are(opened):
    page = opened("api/layers")
    page.locator("dt#mlpkit\\.layers\\.Dense + dd").get_by_role("link", name="ACTIVATIONS").first.click()
    table = page.locator("dt#mlpkit\\.activations\\.ACTIVATIONS + dd")
    assert '"leaky_relu" (LeakyReLU)' in table.inner_text()
    assert table.get_by_role("link", name="LeakyReLU").count() == 1


def test_a_reference_is_no_list(site):
    shown = [page for page in (site / "api").glob("*.html") if '<ol class="upperalpha' in page.read_text("utf-8")]
    assert shown == []
    assert "R. J. Boscovich" in plain(site / "api" / "losses.html")


def test_attributes_that_are_described_together_stand_together(opened):
    page = opened("api/layers")
    names = page.locator("dl:has(> dt#mlpkit\\.layers\\.Dense) dl.field-list").first.locator("strong").all_inner_texts()
    assert {"X, Z, A", "n_in, n_out"} < set(names)


def test_what_is_inherited_stands_with_the_network(site):
    page = plain(site / "api" / "network.html")
    assert all(f'id="mlpkit.network.MLP.{name}"' in page for name in ("predict", "add", "loss_and_gradients", "train"))


def test_a_name_keeps_its_last_underscore(opened):
    names = opened("api/estimators").locator("dl.field-list strong").all_inner_texts()
    assert {"model_", "loss_curve_, validation_curve_"} < set(names)


@pytest.mark.slow
def test_the_lectures_print(site, tmp_path):
    command = [sys.executable, str(DOCS / "print.py"), str(site), str(tmp_path / "lectures.pdf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    book = PdfReader(tmp_path / "lectures.pdf")
    assert len(book.pages) > 100
    assert done.stdout == f"{len(book.pages)} pages in {tmp_path / 'lectures.pdf'}\n"
    assert len(book.outline) == len(CHAPTERS)
    for mark in book.outline:
        first = book.pages[book.get_destination_page_number(mark)].extract_text()
        text = " ".join(unicodedata.normalize("NFKC", first).split())  # without ligatures
        assert text.startswith(mark.title)
    text = "".join(page.extract_text() for page in book.pages)
    assert "Further reading" in text
    assert "from mlpkit.testing import Check" not in text  # the checks are folded, and stay so
    assert all(page.mediabox.width == pytest.approx(595, abs=1) for page in book.pages)  # A4
