"""What the text of the project says about its experiments, and numbers that no cell computes."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pytest

from mlpkit import Dataset

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def printed():
    """What each demonstration prints, as the percentages in its lines."""
    names: dict = {}
    found = {}
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context():
        patch.delenv("MLPKIT_DATA_DIR", raising=False)
        for cell in nbformat.read(ROOT / "solutions/06_project/06_project.ipynb", as_version=4).cells:
            shows = "demo" in cell.metadata.get("tags", []) and "viz." not in cell.source
            if shows or cell.id in ("setup", "distortion-look"):
                with redirect_stdout(io.StringIO()) as out:
                    exec(compile(cell.source, cell.id, "exec"), names)
                lines = out.getvalue().splitlines()
                found[cell.id] = [
                    [float(word.rstrip(",;%")) for word in line.split() if word.rstrip(",;").endswith("%")]
                    for line in lines
                ]
    return found


def test_the_task():
    digits = Dataset("digits")
    assert digits.X_train.shape == (1198, 64)
    assert 5 * len(digits.X_test) == 2995


def test_copies_made_before_the_split_flatter(printed):
    (said, truth), (flattered, worse) = printed["copies-leak-result"]
    assert flattered > worse + 5
    assert said < truth + 8


def test_changed_digits_are_the_difficulty(printed):
    (means, means_hard), (plain, plain_hard) = printed["baseline-measure"]
    assert plain > means + 3
    assert max(means_hard, plain_hard) < 60
    assert abs(means_hard - plain_hard) < 8


def test_copies_help_and_the_first_helps_most(printed):
    none, one, three, nine = np.ravel(printed["augmentation-measure"])
    assert none + 25 < one < three + 1 < nine + 2
    assert one - none > nine - one


def test_the_forbidden_images_bring_little(printed):
    without, with_them, prepared, all_together = np.ravel(printed["public-measure"])
    assert with_them - without < 5
    assert all_together - prepared < 5
    assert prepared - without > 30


def test_seeds_differ_less_than_good_and_bad_settings(printed):
    narrow, wide, slow, fast = (np.array(line) for line in printed["search-measure"])
    assert 1 < np.ptp(wide[:3]) < 8
    for other in (narrow, slow, fast):
        assert wide[-1] > other[-1] + 4


def test_margins_of_the_text():
    for right, said in ((276, 3.1), (281, 2.8)):
        p = right / 300
        assert round(196 * (p * (1 - p) / 300) ** 0.5, 1) == said
