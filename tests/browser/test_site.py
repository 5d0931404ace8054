"""The pages of the site as they are seen and used: whole, on every screen, and readable by everybody."""

from __future__ import annotations

import formulas
import pytest
from lectures import CHAPTERS, PAGES

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
SOME = ("index", "chapters/01_neuron", "api/losses", "search")
"""Pages that axe reads in every lane, in the light and in the dark; the others in the long run, in the light."""
READ = [name if name in SOME else pytest.param(name, marks=pytest.mark.slow) for name in PAGES]
MOST_TAB_STOPS = 25
"""Before the first explorer of a chapter."""
DESK, PHONE, PAPER = 1280, 390, 665
"""Widths in pixels; that of paper is between the margins of A4."""
THEMES_OWN = {"label-content-name-mismatch", "region", "scrollable-region-focusable"}
"""What axe finds in every page of this theme, whatever stands on it, or finds too early: see REACHED_BY_KEYBOARD."""
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
  const fixed = drawings.filter(node => !node.closest("table, .scrolls, .mlp-scroll[tabindex]"));
  return fixed.filter(node => node.getBoundingClientRect().right > ends(node)).map(what);
}"""
"""Formulas and pictures that go beyond the page or beyond a box that cuts them, and that cannot be scrolled."""
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
SCROLLED = """boxes => [...document.querySelectorAll(boxes)]
  .filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 2).length"""
FADES = """() => [...document.querySelectorAll(".bd-article pre, .scrolls, .mlp-scroll, .bd-article table")]
  .filter(box => box.checkVisibility() && !box.closest("td, th") && box.scrollWidth > box.clientWidth + 16)
  .every(box => box.matches(".goes-on"))"""
BROKEN_CELLS = """() => [...document.querySelectorAll(".bd-article table.wide .short")]
  .filter(cell => cell.checkVisibility() && getComputedStyle(cell).whiteSpace !== "nowrap")
  .map(cell => cell.textContent)"""
"""Short cells of a table that is scrolled anyway, and that are broken all the same."""
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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(opened, name):
    """All looks at a page, which is loaded once: on a desk, on a phone and on paper."""
    page = opened(name, viewport={"width": DESK, "height": 900}, has_touch=True, reduced_motion="reduce")
    formulas.are_ready(page)
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
    if name in CHAPTERS:
        formulas.are_broken_well(page)
    page.set_viewport_size({"width": PAPER, "height": 900})
    page.emulate_media(media="print")
    page.evaluate("courseFormulas.fitAll()")
    is_not_cut(page)


@pytest.mark.parametrize("name", READ)
def test_a_page_can_be_read_by_everybody(opened, name):
    page = opened(name, viewport={"width": DESK, "height": 900}, color_scheme="light", reduced_motion="reduce")
    formulas.are_ready(page)
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
    assert page.get_by_text("With a running kernel").locator("visible=true").count() == 0


@pytest.mark.slow  # `test_explorers.py` does so with one of each kind in every lane
@pytest.mark.parametrize("name", CHAPTERS)
def test_each_explorer_is_used_by_keyboard_mouse_and_finger(opened, name):
    page = opened(name, viewport={"width": DESK, "height": 900}, has_touch=True, reduced_motion="reduce")
    formulas.are_ready(page)
    for explorer in page.locator("mlp-explorer").all():
        explorer.scroll_into_view_if_needed()
        explorer.locator(".mlp-live").wait_for()
        for slider in explorer.locator("input[type=range]").all()[:1]:
            for use in (by_keyboard, by_mouse, by_touch):
                place = slider.input_value()
                use(slider)
                assert slider.input_value() != place
                assert explorer.locator(".mlp-text").text_content() == explorer.evaluate("it => it.set({})")


def by_keyboard(slider) -> None:
    slider.press("ArrowLeft" if is_right(slider) else "ArrowRight")


def by_mouse(slider) -> None:
    slider.click(position=other_end(slider))


def by_touch(slider) -> None:
    slider.tap(position=other_end(slider))


def is_right(slider) -> bool:
    """Return whether a slider is in its right half."""
    return slider.evaluate("({value, min, max}) => Number(value) > (Number(min) + Number(max)) / 2")


def other_end(slider) -> dict[str, float]:
    box = slider.bounding_box()
    return {"x": 4 if is_right(slider) else box["width"] - 4, "y": box["height"] / 2}


@pytest.mark.parametrize("touch", [False, True])
def test_a_term_shows_its_definition(opened, touch):
    page = opened("chapters/03_backprop", has_touch=touch, viewport={"width": PHONE if touch else DESK, "height": 800})
    formulas.are_ready(page)
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
    formulas.are_ready(page)
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


@pytest.mark.parametrize("name", ["chapters/02_gradient_descent", "chapters/08_today"])
def test_on_a_phone_code_is_broken_and_what_is_scrolled_fades(opened, name):
    page = opened(name, viewport={"width": PHONE, "height": 740}, reduced_motion="reduce")
    formulas.are_ready(page)
    page.wait_for_function(FADES)
    assert page.evaluate(SCROLLED, ".cell_output pre") > 0
    assert page.evaluate(SCROLLED, ".cell_input pre, .highlight-python pre") == 0
    assert page.evaluate(BROKEN_CELLS) == []


@pytest.mark.slow  # the same looks as above, with a phone's own browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(opened, name):
    page = opened(name, viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True)
    formulas.are_ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(OUT_OF_REACH) == []
    is_not_cut(page)


@pytest.mark.parametrize(
    "name", [*CHAPTERS[:2], *(pytest.param(name, marks=pytest.mark.slow) for name in CHAPTERS[2:])]
)
def test_a_chapter_works_without_javascript(opened, name):
    page = opened(name, java_script_enabled=False)
    assert page.locator("mlp-explorer img, .cell_output img").first.is_visible()
    quiz = page.locator("details:has(> summary):not(.hide)").first
    quiz.locator("> summary").click()
    assert quiz.locator("p, ul, ol").first.is_visible()
