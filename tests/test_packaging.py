"""What is published: the wheel and the source distribution, built and tried where nothing else of the project is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import patience
import pytest

ROOT = Path(__file__).resolve().parent.parent
TRAIN = """
import sys
import mlpkit
model = mlpkit.MLP([mlpkit.Dense(2, 4, "tanh", rng=0), mlpkit.Dense(4, 1, rng=1)])
history = model.train(([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]), "mse", epochs=2, rng=0)
assert len(history["train_loss"]) == 2
print(mlpkit.__version__, mlpkit.__file__)
"""


def run(*command: str | Path, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience.SECONDS, **options)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The folder with the source distribution, and the wheel that was built from it."""
    target = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(target), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=patience.SECONDS,
    )
    if done.returncode != 0 and not os.environ.get("CI") and re.search("No matching|connection|resolve", done.stdout):
        pytest.skip("no package index can be reached from here")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return target


@pytest.fixture(scope="module")
def clean(built, tmp_path_factory) -> Path:
    """The Python of an environment with the wheel and what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    [wheel] = built.glob("*.whl")
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, wheel)
    return python


def test_the_wheel_holds_the_two_packages_and_the_licence(built):
    [wheel] = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    demo = {Path(name).name for name in names if name.startswith("autograder/demo/pandas_course/")}
    assert demo == {"nbgrader_config.py", "pandas.ipynb", "stations.csv", "trips.csv"}
    code = {name for name in names if ".dist-info/" not in name}
    assert {name.partition("/")[0] for name in code} == {"mlpkit", "autograder"}
    assert {
        f"mlpkit/course/jupyter/{name}" for name in ("kernels/python3/kernel.json", "settings/overrides.json")
    } <= code
    assert {"mlpkit/py.typed", "autograder/py.typed", "autograder/results/templates/feedback.html"} <= code
    assert any(name.endswith("licenses/LICENSE") for name in names)
    sources = {
        str(path.relative_to(ROOT).as_posix())
        for package in ("mlpkit", "autograder")
        for path in (ROOT / package).rglob("*.py")
    }
    assert {name for name in code if name.endswith(".py")} == sources


def test_the_source_distribution_has_no_answers(built):
    [source] = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "mlpkit/__init__.py"} <= set(names)
    assert [name for name in names if name.startswith(("solutions", "tests"))] == []


def test_the_index_shows_the_readme_with_its_pictures(built):
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = message_from_bytes(archive.read(name))
    address = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
    text = str(metadata.get_payload())
    links = re.findall(r"(!?)\[[^\]]*\]\(([^)]+)\)", text)
    assert [link for _, link in links if not link.startswith(("https://", "#"))] == []
    pictures = [link for picture, link in links if picture]
    assert pictures
    for link in pictures:
        assert (ROOT / link.removeprefix(f"{address}/raw/main/")).is_file(), link
    for link in (link for picture, link in links if not picture and link.startswith(f"{address}/blob/main/")):
        assert (ROOT / link.removeprefix(f"{address}/blob/main/").partition("#")[0]).exists(), link
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert {"Author", "Keywords", "Classifier", "Project-URL", "License-Expression"} <= set(metadata.keys())


def test_the_library_trains_in_a_clean_environment(clean, tmp_path):
    version, place = run(clean, "-W", "error", "-c", TRAIN, cwd=tmp_path).split()
    assert Path(place).is_relative_to(clean.parent.parent)
    assert f'__version__ = "{version}"' in (ROOT / "mlpkit" / "__init__.py").read_text(encoding="utf-8")


def test_a_student_gets_no_grader(clean, tmp_path):
    installed = run(sys.executable, "-m", "uv", "pip", "list", "--python", clean)
    assert not re.search(r"^(jupyterlab|nbgrader|sqlalchemy|pytest) ", installed, re.MULTILINE | re.IGNORECASE)
    program = clean.parent / "autograder"
    done = subprocess.run(
        [program, "--help"], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=patience.SECONDS
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [done.stderr.strip()]
    assert "pip install 'mlp-course[grader]'" in done.stderr
