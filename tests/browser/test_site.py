"""The lectures as a site: whole, readable by everybody, without an outside host and without answers."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import patience
import pytest
from lectures import CHAPTERS, DOCS, PAGES, build, parsed, plain, secrets
from pypdf import PdfReader

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
SOME = ("index", "chapters/01_neuron", "chapters/03_backprop", "api/losses", "instructors", "search")
"""Pages that axe reads in every lane, in the light and in the dark; the others in the long run, in the light."""
READ = [name if name in SOME else pytest.param(name, marks=pytest.mark.slow) for name in PAGES]
MOST_BYTES = 1_500_000
MOST_TAB_STOPS = 25
"""Before the first explorer of a chapter."""
DESK, PHONE, PAPER = 1280, 390, 665
"""Widths in pixels; that of paper is between the margins of A4."""
GIVEN_UP = "net::ERR_ABORTED"
"""What was still being loaded, as icons are, when the page was closed."""
THEMES_OWN = {"label-content-name-mismatch", "region", "scrollable-region-focusable"}
"""What axe finds in every page of this theme, whatever stands on it, or finds too early: see REACHED_BY_KEYBOARD."""
WORD = re.compile(r"\w+")
UNRENDERED = """() => [...document.querySelectorAll(".math")]
  .filter(formula => !formula.querySelector("mjx-container") || formula.querySelector("[data-mml-node=merror]"))
  .map(formula => formula.textContent)"""
CUT_OFF = """() => [...document.querySelectorAll(".cell_input pre, .cell_output pre")]
  .filter(code => code.scrollWidth > code.clientWidth).map(code => code.textContent.slice(0, 60))"""
TOO_WIDE = """() => {
  const article = document.querySelector(".bd-article") || document.body;
  const right = article.getBoundingClientRect().right + 1;
  const shown = node => node.getClientRects().length > 0;
  const kinds = "mjx-container > svg, img, .mlp-live svg, .mlp-live canvas";
  const drawings = [...article.querySelectorAll(kinds)].filter(shown);
  const ends = node => {
    let end = right;
    for (let box = node.parentElement; box && box !== article; box = box.parentElement) {
      if (["auto", "hidden", "scroll"].includes(getComputedStyle(box).overflowX) && !box.closest("table, h2, h3")) {
        end = Math.min(end, box.getBoundingClientRect().right + 2);
      }
    }
    return end;
  };
  const what = node => (node.closest(".math") || node).textContent.slice(0, 80) || node.outerHTML.slice(0, 80);
  const fixed = drawings.filter(node => !node.closest("table, .scrolls"));
  return fixed.filter(node => node.getBoundingClientRect().right > ends(node)).map(what);
}"""
"""Formulas and pictures that go beyond the page or beyond a box that cuts them."""
REACHED_BY_KEYBOARD = """() => [...document.querySelectorAll("#main-content *")]
  .filter(box => box.scrollWidth > box.clientWidth + 13)
  .filter(box => ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
  .every(box => box.tabIndex >= 0 || box.querySelector("a[href], button, input, [tabindex='0']"))"""
"""What axe calls scrollable-region-focusable. The theme sees to it some time after the page has changed."""
TOO_SMALL = """() => [...document.querySelectorAll("div.math mjx-container")]
  .filter(formula => formula.dataset.scale < 50).map(formula => formula.textContent.slice(0, 80))"""
SMALL_LETTERS = """() => {
  const pictures = [...document.querySelectorAll("img[data-letters]")].filter(image => image.checkVisibility())
    .map(image => [image.alt, image.dataset.letters * image.clientWidth / image.getAttribute("width")]);
  const texts = [...document.querySelectorAll(".mlp-live svg text")].filter(text => text.checkVisibility())
    .map(text => [text.textContent, parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a]);
  const small = [...pictures, ...texts].filter(([, size]) => size > 0 && size < 9);
  return small.map(([what, size]) => [what.slice(0, 60), size]);
}"""
"""Pictures, and drawings of explorers, with letters of less than nine pixels as they are shown."""
TO_THE_END = """explorer => {
  const controls = [...explorer.querySelectorAll("input, select")];
  const last = control => control.matches("select") ? String(control.options.length - 1) : control.max;
  const there = controls.every(control => control.value === last(control));
  for (const control of controls) {
    control.value = there ? control.min || "0" : last(control);
    control.dispatchEvent(new Event("input"));
    control.dispatchEvent(new Event("change"));
  }
}"""
OUT_OF_REACH = """() => [...document.querySelectorAll("span.math")]
  .filter(formula => !formula.closest(".long, table"))
  .filter(formula => [...formula.querySelectorAll("svg")].some(drawn =>
    drawn.getBoundingClientRect().right > formula.getBoundingClientRect().right + 10))
  .map(formula => formula.textContent)"""
"""Formulas of which something drawn is cut off; the text that MathJax adds for screen readers is not drawn."""
PICTURES = """async () => {
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map(image => image.decode().catch(() => 0)));
  return [...document.images].filter(image => !image.closest(".mlp-live"))
    .map(({alt, naturalWidth, src}) => ({alt, drawn: naturalWidth > 0, name: src}));
}"""
WITHOUT_FORMULAS = "document.querySelectorAll('mjx-container').forEach(formula => formula.remove())"
"""MathJax answers for its own drawings, which are most of a page's elements and of axe's time."""
TAB_STOPS = """() => {
  const first = document.querySelector("mlp-explorer");
  return [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")]
    .filter(node => node.tabIndex >= 0 && !node.disabled && node.checkVisibility())  // not what is folded away
    .filter(node => first.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING)
    .filter(node => node.closest(".bd-article")).length;
}"""


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


def formulas_are_ready(page) -> None:
    page.evaluate("() => courseFormulas.ready.then(() => true)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(opened, name):
    """All looks at a page, which is loaded once: on a desk, on a phone and on paper."""
    page = opened(name, viewport={"width": DESK, "height": 900}, color_scheme="light", reduced_motion="reduce")
    formulas_are_ready(page)
    is_whole(page)
    if name in CHAPTERS:
        explorers_answer(page)
        assert page.evaluate(TAB_STOPS) <= MOST_TAB_STOPS
    is_not_cut(page)
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.evaluate("courseFormulas.fitAll()")
    is_not_cut(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.evaluate(OUT_OF_REACH) == []
    page.set_viewport_size({"width": PAPER, "height": 900})
    page.emulate_media(media="print")
    page.evaluate("courseFormulas.fitAll()")
    is_not_cut(page)


@pytest.mark.parametrize("name", READ)
def test_a_page_can_be_read_by_everybody(opened, name):
    page = opened(name, viewport={"width": DESK, "height": 900}, color_scheme="light", reduced_motion="reduce")
    formulas_are_ready(page)
    page.evaluate(WITHOUT_FORMULAS)
    can_be_read_by_everybody(page, "light")
    if name in SOME:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        can_be_read_by_everybody(page, "dark")


def is_whole(page) -> None:
    assert page.evaluate(UNRENDERED) == []
    for picture in page.evaluate(PICTURES):
        assert picture["drawn"], picture
        assert picture["alt"] or "favicon" in picture["name"], picture
        assert not picture["alt"].lower().endswith((".png", ".svg", ".webp", ".jpg")), picture
    assert page.locator("h1:visible").count() == 1
    assert page.evaluate(CUT_OFF) == []


def is_not_cut(page) -> None:
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(TOO_SMALL) == []
    if not page.evaluate("matchMedia('print').matches"):  # paper is read from nearer
        assert page.evaluate(SMALL_LETTERS) == []


def can_be_read_by_everybody(page, theme: str) -> None:
    assert page.locator("html").get_attribute("data-theme") == theme
    page.wait_for_function(REACHED_BY_KEYBOARD)
    options = {"preload": False, "resultTypes": ["violations"]}
    found = axe.Axe().run(page, options=options).response["violations"]
    serious = [rule for rule in found if rule["impact"] in {"serious", "critical"} and rule["id"] not in THEMES_OWN]
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:5]) for rule in serious] == []


def explorers_answer(page) -> None:
    """Each explorer of a chapter lives, and says something else once it was moved."""
    for explorer in page.locator("mlp-explorer").all():
        explorer.scroll_into_view_if_needed()
        explorer.locator(".mlp-live").wait_for()
        told = explorer.locator(".mlp-text")
        before = told.text_content()
        if explorer.get_attribute("kind") == "pad":
            explorer.get_by_role("button", name="Draw a 7").click()
        else:
            explorer.evaluate(TO_THE_END)
        sync_api.expect(told).not_to_have_text(before)
        slider = explorer.locator("input[type=range]").first
        if slider.count():
            place = slider.input_value()
            slider.press("ArrowLeft" if place == slider.get_attribute("max") else "ArrowRight")
            assert slider.input_value() != place
            assert told.text_content() == explorer.evaluate("explorer => explorer.set({})")
    assert page.get_by_text("With a running kernel").locator("visible=true").count() == 0


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_and_formulas_are_numbered_in_their_order(site, name):
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    chapter = int(name.removeprefix("chapters/")[:2])
    figures = re.findall(r'id="figure-(\d+)-(\d+)".*?<b>Figure (\d+\.\d+)\.</b>', page, re.DOTALL)
    assert [shown for *_, shown in figures] == [f"{chapter}.{i}" for i in range(1, 1 + len(figures))]
    assert all(f"{one}.{number}" == shown for one, number, shown in figures)
    captions = re.findall(r"Figure \d+\.\d+\.</b> <span[^>]*>(.*?)</span>", page)
    assert len(captions) == len(set(captions)) == len(figures) >= 9
    assert all(caption.endswith((".", "?")) for caption in captions)
    formulas = re.findall(r'id="equation-\d+-(\d+)".*?<span class="eqno">\(\d+\.(\d+)\)', page, re.DOTALL)
    assert [int(number) for number, _ in formulas] == list(range(1, 1 + len(formulas)))
    assert all(one == other for one, other in formulas)
    assert formulas


@pytest.mark.parametrize("touch", [False, True])
def test_a_term_shows_its_definition(opened, touch):
    page = opened("chapters/03_backprop", has_touch=touch, viewport={"width": PHONE if touch else DESK, "height": 800})
    formulas_are_ready(page)
    term = page.locator("a.term", has_text="gradient").first
    described = page.locator(f"#{term.get_attribute('aria-describedby')}")
    assert described.is_hidden()
    term.scroll_into_view_if_needed()
    term.tap() if touch else term.hover()
    sync_api.expect(described).to_be_visible()
    assert "slope" in described.inner_text()
    box = described.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    page.keyboard.press("Escape")
    sync_api.expect(described).to_be_hidden()
    assert page.locator(":is(h1, h2, h3, code, .math, a) a.term, a.term[tabindex='0']").count() == 0


def test_exercises_can_be_hidden_and_code_opened_by_keyboard(opened):
    page = opened("chapters/01_neuron")
    formulas_are_ready(page)
    heading = page.locator("h3", has_text="Exercise 1:")
    checks = page.locator("details.hide pre").first
    assert checks.is_hidden()
    button = page.get_by_role("button", name="Open all folded code")
    button.focus()
    page.keyboard.press("Enter")
    sync_api.expect(checks).to_be_visible()
    following = page.locator(".exercise-end ~ p, .exercise-end ~ .cell").first
    page.get_by_role("button", name="Hide the exercises").click()
    sync_api.expect(heading).to_be_hidden()
    assert following.is_visible()
    heading.evaluate("heading => { window.location.hash = heading.parentElement.id; }")  # as a link to it does
    sync_api.expect(heading).to_be_visible()


@pytest.mark.slow  # the same looks as above, with a phone's own browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(opened, name):
    page = opened(name, viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True)
    formulas_are_ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(OUT_OF_REACH) == []
    is_not_cut(page)


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


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_section_that_is_named_is_the_one_that_is_linked(site, name):
    """In a chapter with the number of one of its sections, too."""
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    titles = dict(re.findall(r'<section id="([^"]+)">\s*(?:<span[^>]*></span>)*<h2>(\d+)\. ', page))
    named = re.findall(r'<a class="reference internal" href="#([^"]+)">(?:<span[^>]*>)?[Ss]ection (\d+)', page)
    assert named
    assert [(anchor, number) for anchor, number in named if titles.get(anchor) != number] == []


def test_no_answer_and_no_hidden_test(site):
    secret = {line: frozenset(WORD.findall(line)[1:-1]) for line in secrets()}
    assert len(secret) > 1000
    found = []
    for path in site.rglob("*"):
        if path.suffix in {".html", ".js", ".json", ".ipynb", ".txt"} and path.parent.name not in {"mathjax", "scenes"}:
            text = plain(path)
            words = set(WORD.findall(text))  # what a line could consist of
            found += [(path.name, line) for line, inner in secret.items() if inner <= words and line in text]
    assert found == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_light(site, name):
    assert (site / f"{name}.html").stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_works_without_javascript(opened, name):
    page = opened(name, java_script_enabled=False)
    assert page.locator("mlp-explorer img, .cell_output img").first.is_visible()
    quiz = page.locator("details:has(> summary):not(.hide)").first
    quiz.locator("> summary").click()
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


def test_the_reference_says_where_a_thing_is_taught(opened):
    page = opened("api/optimizers")
    link = page.locator("dl:has(dt#mlpkit\\.optimizers\\.Adam) a[href*='chapters/']").first
    assert "06_training" in link.get_attribute("href")


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
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience.SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    book = PdfReader(tmp_path / "lectures.pdf")
    assert len(book.pages) > 100
    assert done.stdout == f"{len(book.pages)} pages in {tmp_path / 'lectures.pdf'}\n"
    marks = [mark for mark in book.outline if not isinstance(mark, list)]
    assert len(marks) == 1 + len(CHAPTERS)
    titles = [mark.title for inside in book.outline if isinstance(inside, list) for mark in inside]
    assert len(titles) > 40  # sections
    assert "1. What should be tried before a long run?" in titles  # whole, and once
    assert (tmp_path / "lectures.pdf").stat().st_size < 40e6
    assert "Contents" in book.pages[1].extract_text()
    for mark in marks[1:]:
        number = book.get_destination_page_number(mark)
        text = " ".join(unicodedata.normalize("NFKC", book.pages[number].extract_text()).split())  # without ligatures
        assert text.startswith(mark.title)
        assert f"{mark.title} · " in text
    front = book.get_destination_page_number(marks[1])
    for i in (0, 40, 90):
        assert book.pages[front + i].extract_text().rstrip().endswith(f"· {i + 1}")
    text = "".join(page.extract_text() for page in book.pages)
    assert "Further reading" in text
    assert "from mlpkit.testing import Check" not in text  # the checks are folded, and stay so
    assert "Hint 1 of 3" not in text
    assert all(page.mediabox.width == pytest.approx(595, abs=1) for page in book.pages)  # A4
