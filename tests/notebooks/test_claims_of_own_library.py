"""What chapter 6 says about the library that students put together from their answers."""

import linecache
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.notebook.roles import is_answer

ROOT = Path(__file__).resolve().parents[2]
EARLIER = ("03_backprop", "04_classification", "05_design")


def run_cells(edition: str, work: Path) -> None:
    """Run the answers of chapter 6 and the cells of its library, in a folder beside those of earlier chapters."""
    for chapter in (*EARLIER, "06_training"):
        (work / chapter).mkdir()
        shutil.copy(ROOT / edition / chapter / f"{chapter}.ipynb", work / chapter)
    names = {"np": np, "__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="raise"):
        patch.chdir(work / "06_training")
        for cell in nbformat.read("06_training.ipynb", as_version=4).cells:
            if cell.cell_type == "code" and (is_answer(cell) or cell.id.startswith("own-")):
                linecache.cache[cell.id] = (
                    1,
                    None,
                    cell.source.splitlines(keepends=True),
                    cell.id,
                )  # as a notebook does
                exec(compile(cell.source, cell.id, "exec"), names)


@pytest.mark.parametrize(("edition", "mine"), [("solutions", 19), ("course", 0)])
def test_the_library_of_chapter_6_reads_digits_better(edition, mine, tmp_path, capsys):
    run_cells(edition, tmp_path)
    said = capsys.readouterr().out
    assert said.count(" - yours") == mine
    assert (tmp_path / "06_training/my_mlp.py").is_file() == (mine > 0)
    assert float(re.findall(r"relative error of the gradients (\S+)", said)[0]) < 1e-4
    flat, deep = ([float(one) for one in re.findall(r"([\d.]+)%", line)] for line in re.findall(r".*mean.*", said))
    assert min(deep[:3]) > 96.5
    assert deep[3] > flat[3] + 0.5
    losses = [float(one) for one in re.findall(r"loss ([\d.]+)", said)]
    assert losses[1] < 0.7 * losses[0]
