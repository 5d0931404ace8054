"""Report, audit and alike answers in a browser: on a desk and a phone, light and dark, from the disk alone."""

from __future__ import annotations

import re

import patience
import pytest
from instructor_pages import write_large_report, write_pages

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
TALLEST = 160
"""Pixels of a row of a table, at most: a narrow page must not make rows tall and empty."""
TALL_ROWS = """most => [...document.querySelectorAll("tbody tr")]
  .filter(row => row.getBoundingClientRect().height > most).map(row => row.textContent.trim().slice(0, 60))"""
OVERFLOWS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return write_pages(tmp_path_factory.mktemp("instructor"))


@pytest.fixture
def page(browser):
    """A page that must neither complain nor ask a server."""
    context = browser.new_context(viewport=SIZES["desk"], color_scheme="light")
    context.set_default_timeout(patience.MILLISECONDS)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: message.type in {"error", "warning"} and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or complaints.append(asked.url))
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("name", ["report", "similar", "audit"])
def test_an_instructors_page_can_be_read_by_everybody(page, pages, name):
    """All looks at a page, which is loaded once."""
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for where, size in SIZES.items():
            page.set_viewport_size(size)
            assert page.evaluate(OVERFLOWS) == 0, where
            assert page.evaluate(TALL_ROWS, TALLEST) == [], where
        options = {"preload": False, "resultTypes": ["violations"]}
        found = axe.Axe().run(page, options=options).response["violations"]
        serious = [rule for rule in found if rule["impact"] in {"serious", "critical"}]
        assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:5]) for rule in serious] == []


def test_a_report_is_sorted_and_searched(page, pages):
    page.goto(pages["report"].as_uri())
    students = page.locator("table[data-name=students]")
    students.get_by_role("button", name="Score").click()
    scores = [float(cell.get_attribute("data-value")) for cell in students.locator("td[data-value]:nth-child(3)").all()]
    assert scores == sorted(scores)
    page.get_by_label("Find in students").fill("s07")
    assert students.locator("tbody tr:visible").all_inner_texts()[0].startswith("s07")
    assert students.locator("tbody tr:visible").count() == 1


def rows(page):
    return page.locator("table[data-name=students] tbody tr")


def sources(page):
    """Return the rows' HTML, without the moment at which each was recorded."""
    return [re.sub('title="[^"]*"', "", row.evaluate("row => row.outerHTML")) for row in rows(page).all()]


def test_a_long_table_is_shown_a_page_at_a_time(page, pages, monkeypatch, tmp_path):
    """The rows that a script makes are those that stand in the page of a small class."""
    page.goto(pages["report"].as_uri())
    whole = sources(page)
    monkeypatch.setattr("autograder.results.report.MOST_ROWS", 10)
    page.goto(write_pages(tmp_path)["report"].as_uri())
    assert sources(page) == whole
    assert page.get_by_text(f"1 to {len(whole)} of {len(whole)}").is_visible()
    students = page.locator("table[data-name=students]")
    students.get_by_role("button", name="Score").click()
    scores = [float(cell.get_attribute("data-value")) for cell in students.locator("td[data-value]:nth-child(3)").all()]
    assert scores == sorted(scores)
    page.get_by_label("Find in students").fill("s07")
    assert rows(page).count() == 1


def test_the_report_of_twenty_thousand_opens_within_two_seconds(page, tmp_path):
    """From the disk; the seconds are those of the processor, since the machine may be busy."""
    path = write_large_report(tmp_path, 20_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    assert metrics["TaskDuration"] < 2
    assert rows(page).count() == 100
    assert page.get_by_text("1 to 100 of 20000").is_visible()
    page.get_by_role("button", name="Next").click()
    assert rows(page).first.inner_text().startswith("s00100")
    page.get_by_label("Find in students").fill("s19999")
    assert rows(page).count() == 1
