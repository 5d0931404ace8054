"""What a page's formulas look like, and what holds for all of them on a phone."""

from __future__ import annotations

SIGNS = """tex => tex.replace(/\\\\[A-Za-z]+/g, "x").replace(/[{}_^\\s\\\\]/g, "").length * 10"""
"""A width that is the same on every computer: ten pixels for each sign of a formula."""
EVERY = f"""(room) => [...MathJax.startup.document.math].filter(one => one.display)
  .flatMap(one => courseFormulas.lines(one.math, room, {SIGNS}).flat())"""
DRAWN = """() => [...document.querySelectorAll("div.math")].filter(one => one.checkVisibility()).map(one => ({
  lines: Number(one.querySelector("mjx-container").dataset.lines),
  red: one.querySelectorAll("[data-mml-node=merror]").length,
  number: one.querySelector(".eqno")?.getBoundingClientRect().top,
  below: one.classList.contains("number-below"),
  end: one.querySelector("svg").getBoundingClientRect().bottom,
}))"""
LONG_INLINE = """() => [...document.querySelectorAll(".together.long")].filter(one => one.checkVisibility())
  .filter(one => one.getBoundingClientRect().right > one.closest("p, li, dd, td").getBoundingClientRect().right + 1)
  .filter(one => !one.closest("td")).map(one => one.textContent)"""


def are_ready(page) -> None:
    """Wait until all formulas are drawn."""
    page.evaluate("() => courseFormulas.ready.then(() => true)")


def are_broken_well(page) -> None:
    """Check on a phone that no line ends inside brackets or after a sign, and that nothing goes beyond its place."""
    for room in (120, 300):
        for line in page.evaluate(EVERY, room):
            assert sum(map(line.count, "([")) == sum(map(line.count, ")]")), line
            assert line.count("{") == line.count("}"), line
            assert not line.rstrip().endswith(("+", "-", "=", "(", r"\cdot", "\\")), line
    drawn = page.evaluate(DRAWN)
    assert max(one["lines"] for one in drawn) <= 6
    assert not any(one["red"] for one in drawn)
    assert all(one["number"] > one["end"] - 12 for one in drawn if one["below"])
    assert page.evaluate(LONG_INLINE) == []
