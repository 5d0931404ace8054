"""What holds for the package as a whole: its names, its examples, what importing it costs."""

import doctest
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mlpkit
from mlpkit.registry import resolve

REGISTRIES = [name for name in mlpkit.__all__ if name.isupper() and isinstance(getattr(mlpkit, name), dict)]
# testing and viz are imported on request and have tests of their own
MODULES = [
    info.name
    for info in pkgutil.walk_packages(mlpkit.__path__, "mlpkit.")
    if info.name.split(".")[1] not in ("testing", "viz")
]


def test_all_public_names_exist():
    assert all(hasattr(mlpkit, name) for name in mlpkit.__all__)
    assert set(mlpkit.__all__) <= set(dir(mlpkit))
    with pytest.raises(AttributeError, match="module 'mlpkit' has no attribute 'Perceptron'"):
        mlpkit.Perceptron  # noqa: B018


def test_every_module_lists_its_public_names():
    for name, module in mlpkit._MODULES.items():
        assert name in importlib.import_module(module).__all__


def test_type_checkers_see_every_public_name_and_no_other(tmp_path):
    names = [*mlpkit.__all__, "__version__", "Perceptron"]
    user = tmp_path / "user.py"
    user.write_text("import mlpkit\n" + "".join(f"reveal_type(mlpkit.{name})\n" for name in names))
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(user)]
    output = subprocess.run(command, capture_output=True, text=True, cwd=Path(mlpkit.__file__).parents[1]).stdout
    errors = [line for line in output.splitlines() if ": error:" in line]
    assert len(errors) == 1, output
    assert 'Module has no attribute "Perceptron"' in errors[0]
    assert output.count("Revealed type") == len(names)
    assert "-> mlpkit.network.MLP" in output


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_run(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, extraglobs={"np": np})
    assert result.failed == 0


@pytest.mark.parametrize("name", REGISTRIES)
def test_registries_hold_public_classes_that_need_no_arguments(name):
    registry = getattr(mlpkit, name)
    base = next(
        cls for cls in next(iter(registry.values())).__mro__ if "Formula" in [b.__name__ for b in cls.__bases__]
    )
    for key, cls in registry.items():
        assert getattr(mlpkit, cls.__name__) is cls
        assert type(resolve(key, registry, base)) is cls
        assert cls.__doc__
        instance = cls()
        assert resolve(instance, registry, base) is instance


def loaded_by(statement):
    code = f"import sys; {statement}; import json; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(output.stdout))


def test_importing_loads_numpy_and_the_standard_library_only():
    extra = {name.partition(".")[0] for name in loaded_by("import mlpkit") - loaded_by("import numpy")}
    assert extra - set(sys.stdlib_module_names) == {"mlpkit"} | (extra & {"numpy"})


NUMPY_ALONE = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "numpy", "mlpkit"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Block())
sys.path[:] = [entry for entry in sys.path if entry] + [SOURCE]
"""


def with_numpy_alone(code):
    """Run code in a process that has no other package than numpy, and mlpkit from its source, and return its output."""
    source = str(Path(mlpkit.__file__).parents[1])
    code = f"SOURCE = {source!r}\n{NUMPY_ALONE}\nimport mlpkit\nfrom mlpkit import *\n{code}"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_training_needs_numpy_alone():
    """In a terminal, where a progress bar would be shown if tqdm were there."""
    code = """
import io
class Terminal(io.StringIO):
    isatty = lambda self: True
sys.stderr = Terminal()
model = MLP([Dense(2, 8, "relu", rng=0), Dropout(0.1, rng=1), BatchNorm(8), Dense(8, 2, "softmax", rng=2)])
stop = EarlyStopping(patience=9)
history = model.train(Dataset("moons"), "cross_entropy", epochs=2, validation_split=0.1, callbacks=[stop], rng=0)
assert sys.stderr.getvalue() == ""
print(len(history["train_loss"]), model.evaluate(Dataset("moons"), "cross_entropy")["accuracy"] > 0.5)
assert "MLPClassifier" not in dir() and "MLP" in dir()  # of all names, those whose package is there
print(mlpkit.__version__, check_network(MLP([Dense(2, 1, dtype="f8", rng=0)]), [[1, 2]], [[1]], "mse").passed())
"""
    assert with_numpy_alone(code).split() == ["2", "True", mlpkit.__version__, "True"]


def code_that_needs():
    """For each package, code that cannot do without it."""
    return {
        "safetensors": ["save(MLP([Dense(2, 1)]), 'model')", "load('model')"],
        "tqdm": ["MLP([Dense(1, 1)]).train(([[1]], [[1]]), 'mse', progress=True)"],
        "tensorboardX": ["MLP([Dense(1, 1)]).train(([[1]], [[1]]), 'mse', tensorboard=True)"],
        "scikit-learn": ["Dataset('digits')", "mlpkit.MLPClassifier", "import mlpkit.estimators"],
        "pooch": ["import os; os.environ.pop('MLPKIT_DATA_DIR', None); Dataset('mnist')"],
        "matplotlib": ["import mlpkit.viz"],
    }


@pytest.mark.parametrize("package", code_that_needs())
def test_a_package_that_is_missing_is_named_with_the_way_to_install_it(package):
    for line in code_that_needs()[package]:
        code = f"""
try:
    {line}
except ModuleNotFoundError as error:
    print(error)
"""
        needed = rf".* needs the package {package}; install it: python -m pip install {package}\n"
        assert re.fullmatch(needed, with_numpy_alone(code)), line


def test_importing_leaves_the_heavy_modules_alone():
    heavy = {"matplotlib", "ipywidgets", "sklearn", "IPython", "pooch", "scipy", "pandas", "torch", "autograder"}
    assert not loaded_by("import mlpkit") & (heavy | {"mlpkit.testing", "mlpkit.viz"})
