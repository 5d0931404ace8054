"""What the text of the chapter on today says about its experiments, and its numbers by hand."""

import json
import re
from importlib.util import find_spec

import frameworks
import numpy as np
import pytest
from demonstrations import cells, played
from scipy.special import ndtr

from mlpkit.viz import today

TEXT = "\n".join(cell.source for cell in cells("08_today") if cell.cell_type == "markdown")
NUMBER = re.compile(r"-?\d+\.\d+")


@pytest.fixture(scope="module")
def chapter():
    """The names that the demonstrations leave behind, and the lines that each of them prints."""
    with played("08_today") as both:
        yield both


def numbers(printed, cell):
    """The numbers with a point in each line that a cell prints."""
    return [[float(found) for found in NUMBER.findall(line)] for line in printed[cell]]


@pytest.mark.parametrize("library", frameworks.LIBRARIES)
def test_the_three_programs_print_the_same(chapter, library):
    own = chapter[1]["own-network"]
    assert len(own) == 3
    assert frameworks.shown(library) == own
    recorded = json.loads(frameworks.RECORD.read_text(encoding="utf-8"))[library]
    assert recorded["printed"] == own
    assert recorded["version"]


@pytest.mark.parametrize("library", frameworks.LIBRARIES)
def test_the_record_is_that_of_a_new_run(library):
    if not find_spec(library):
        pytest.skip(f"{library} is not installed; the chapter and the record are compared without it")
    assert frameworks.run_listing(library) == frameworks.shown(library)


def test_the_products_by_hand():
    J = np.array([[5, 2, 0], [1, 0, 3]])
    assert (np.array([10, 1]) @ J).tolist() == [51, 20, 3]
    x, h = np.array([2.0, 5.0, 1.0]), 1e-6
    f = lambda x: np.array([x[0] * x[1], x[0] + 3 * x[2]])  # noqa: E731
    measured = np.column_stack([(f(x + step) - f(x - step)) / (2 * h) for step in h * np.eye(3)])
    np.testing.assert_allclose(measured, J, atol=1e-6)


def test_the_curvature_by_hand():
    H, v = np.array([[2, 1], [1, 4]]), np.array([2, 1]) / 5**0.5
    assert (H @ v * 5**0.5) == pytest.approx([5, 6])
    assert v @ H @ v == pytest.approx(3.2)
    assert np.linalg.eigvalsh(H)[-1] == pytest.approx(3 + 2**0.5) == pytest.approx(4.41, abs=0.005)


def test_the_limit_of_the_rate_holds_for_a_network(chapter):
    names, printed = chapter
    assert names["model"].layers is not None
    assert 64 * 16 + 16 + 16 * 10 + 10 == 1210
    assert pytest.approx(1.5e6, rel=0.03) == 1210**2
    factors, *rows = numbers(printed, "curvature-experiment")[1:]
    for at_first, limit, loss, *after in rows:
        by_factor = dict(zip(factors, after, strict=True))
        assert 0.4 < at_first < 0.65  # "about 0.5, hardly above the rate that was used or even below it"
        assert 1.3 < limit < 1.5
        assert by_factor[0.9] < by_factor[0.5] < loss
        assert min(by_factor[1.5], by_factor[2.0]) > 4 * loss


def test_formats():
    for kind, bits, least, most in ((np.float64, 53, 2.2e-308, 1.79e308), (np.float32, 24, 1.2e-38, 3.4e38)):
        assert (np.finfo(kind).nmant + 1, np.finfo(kind).tiny) == (bits, pytest.approx(least, rel=0.03))
        assert float(np.finfo(kind).max) == pytest.approx(most, rel=0.01)
    assert (np.finfo(np.float16).nmant + 1, float(np.finfo(np.float16).max)) == (11, 65504)
    assert float(np.finfo(np.float16).tiny) == pytest.approx(6e-5, rel=0.02)
    assert float(np.finfo(np.float16).smallest_subnormal) / 2 == pytest.approx(3e-8, rel=0.01)
    assert pytest.approx(1.00098, abs=5e-6) == 1 + 2.0**-10
    assert pytest.approx(1.0078, abs=5e-5) == 1 + 2.0**-7
    assert today.rounded(13, 3) == 12


def test_the_sum_in_bfloat16():
    sums = today.running_sum(8)
    assert (sums[-1], int(np.argmax(sums == 4))) == (4, 350)
    assert np.diff(sums)[300] == 1 / 64
    assert today.rounded(4.01, 8) == 4
    assert today.rounded(4.02, 8) == 4.03125


def test_steps_are_lost_in_bfloat16_unless_a_copy_keeps_them(chapter):
    names, printed = chapter
    losses = np.array([float(line.split()[-1]) for line in printed["rounding-training"]]).reshape(3, 3)
    float64, rounded, both = losses[:, -1]
    assert losses[1, 1] == rounded == pytest.approx(0.32, abs=0.005)
    assert float64 == pytest.approx(both, abs=2e-4)
    x = np.random.default_rng(0).normal(size=200)
    assert [today.rounded(v, 8) for v in x.astype(np.float32)] == names["to_bfloat16"](x).tolist()


def test_the_block_by_hand():
    row = np.array([1.0, 5.0])
    assert (row.mean(), row.var()) == (3, 4)
    u = np.array([1, 2]) * [-1, 1] + np.array([0, 1])
    assert (u.tolist(), int(u @ [3, 1])) == ([-1, 3], 0)
    assert ndtr(0) == 0.5
    assert pytest.approx(4.7e6, rel=0.01) == 2 * 768 * 3072
    assert pytest.approx(57e6, rel=0.01) == 12 * 2 * 768 * 3072


def test_attention_by_hand():
    fits = np.exp([2 * np.log(3) / 2, 0, 0])
    assert fits / fits.sum() == pytest.approx([0.6, 0.2, 0.2])
    assert fits / fits.sum() @ [[10, 0], [0, 5], [5, 5]] == pytest.approx([7, 2])


def test_small_moves_along_the_slopes_mislead_and_random_ones_do_not(chapter):
    rows = np.array([row[-6::2] for row in numbers(chapter[1], "adversarial-experiment")])
    own, foreign, random = rows.T
    assert np.all(np.diff(own) < 0)
    assert own[-1] < 0.2  # "fewer than one in five"
    assert own[0] - random[-1] == pytest.approx(0.025, abs=0.01)  # "two or three digits in a hundred"
    assert np.all(own[1:] < foreign[1:])
    assert np.all(foreign[1:] < random[1:] - 0.02)


def test_a_temperature_mends_networks_that_are_too_sure(chapter):
    names, printed = chapter
    rows = np.array(numbers(printed, "calibration-experiment"))
    confidence, accuracy, before, _, after = rows.mean(axis=0)
    assert confidence == pytest.approx(0.97, abs=0.006)
    assert accuracy == pytest.approx(0.88, abs=0.015)
    assert after / before == pytest.approx(1 / 4, abs=0.05)
    for before_it, _ in names["diagrams"]:
        assert sum(n for said, true, n in before_it if true < said) > 0.9 * 4000  # "nearly all answers"
    assert pytest.approx(4500, rel=0.01) == 2 * 64 + 64 + 64 * 64 + 64 + 64 * 2 + 2


def test_neurons_are_no_purer_than_mixtures(chapter):
    rows = np.array([row[-2:] for row in numbers(chapter[1], "hidden-experiment")])
    (untrained, _), (neurons, spread), (mixtures, _), (outputs, _) = rows[:4]
    assert untrained == pytest.approx(0.48, abs=0.01)
    assert neurons == pytest.approx(0.62, abs=0.015)
    assert mixtures > neurons - spread
    assert outputs > 0.95
    by_silenced = rows[4:, 0]
    assert by_silenced[0] - by_silenced[1] < 0.005
    assert 0.02 < by_silenced[0] - by_silenced[2] < 0.06
    drawn = np.random.default_rng(0).integers(0, 10, size=(2000, 16))
    assert np.mean([np.bincount(row).max() for row in drawn]) / 16 == pytest.approx(0.2, abs=0.05)


def test_names_and_years():
    for work in ("Clifford", "1873", "Linnainmaa", "1970", "Attention is all you need", "2017", "2014"):
        assert work in TEXT
