"""Formulas that are wider than a phone: where they are broken, and where never."""

from __future__ import annotations

import pytest
from formulas import DRAWN, SIGNS, are_ready

PHONE = 390
BROKEN = f"([tex, room]) => courseFormulas.lines(tex, room, {SIGNS})"
BASELINES = """() => [...MathJax.startup.document.math].filter(one => !one.display).flatMap(({ typesetRoot: root }) => {
  const drawn = root.querySelector("svg");
  if (!root.checkVisibility() || !(root.dataset.scale < 100)) return [];
  const { height, verticalAlign } = getComputedStyle(drawn);
  const [, top, , tall] = drawn.getAttribute("viewBox").split(" ").map(Number);
  return Math.abs(parseFloat(verticalAlign) + ((top + tall) / tall) * parseFloat(height)) < 2 ? [] : [root.textContent];
})"""
"""Formulas in a text that do not stand on its line: their drawings say how far they reach below zero."""
LINES = [
    (
        r"m = (1 - \beta_1)\,(1 + \beta_1 + \dots + \beta_1^{t-1})\, g = (1 - \beta_1^t)\, g.",
        260,
        [[r"m = (1 - \beta_1)\,(1 + \beta_1 + \dots + \beta_1^{t-1})\, g", r"\quad = (1 - \beta_1^t)\, g."]],
    ),
    (
        r"dw = (0.5,\ -0.5), \qquad db = 0.",
        160,
        [["dw = (0.5,\\ -0.5),"], ["db = 0."]],
    ),
    (
        r"e = -\frac{1}{p} \cdot p + (a - b)\,(c + d) - \bigl(u + v\bigr)",
        170,
        [[r"e = -\frac{1}{p} \cdot p", r"\qquad + (a - b)\,(c + d)", r"\qquad - \bigl(u + v\bigr)"]],
    ),
    (r"m \leftarrow m + g, \qquad v \leftarrow v + g^2.", 90, [[r"m \leftarrow m + g,"], [r"v \leftarrow v + g^2."]]),
    (r"E = (a + b)\,(c + d)\,(e + f)\,(g + h)", 120, [[r"E = (a + b)\,(c + d)\,(e + f)\,(g + h)"]]),
    (r"a = b \qquad c = d", 1000, [[r"a = b\qquad c = d"]]),
]


@pytest.fixture
def phone(opened):
    def open_(name: str):
        page = opened(name, viewport={"width": PHONE, "height": 740}, reduced_motion="reduce")
        are_ready(page)
        return page

    return open_


def test_formulas_are_broken_at_spaces_then_relations_then_signs(phone):
    page = phone("chapters/06_training")
    for tex, room, lines in LINES:
        assert page.evaluate(BROKEN, [tex, room]) == lines, tex


def test_a_number_stays_beside_a_formula_that_is_broken_or_made_a_little_smaller(opened):
    page = opened("chapters/03_backprop", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    are_ready(page)
    drawn = page.evaluate(DRAWN)
    assert max(one["lines"] for one in drawn) > 1
    assert not any(one["below"] for one in drawn)


def test_a_formula_that_is_made_smaller_keeps_its_line(phone):
    assert phone("chapters/01_neuron").evaluate(BASELINES) == []
