"""What holds for the package as a whole: its names, its examples, what importing it costs."""

import ast
import doctest
import importlib
import json
import pkgutil
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


def test_all_names_exist_once_and_in_order():
    assert all(hasattr(mlpkit, name) for name in mlpkit.__all__)
    assert len(set(mlpkit.__all__)) == len(mlpkit.__all__)


def test_what_type_checkers_see_is_what_there_is():
    tree = ast.parse(Path(mlpkit.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    seen = {alias.name: node.module.removeprefix("mlpkit.") for node in imports for alias in node.names}
    assert seen == mlpkit._MODULES
    assert sorted(seen) == sorted(mlpkit.__all__)
    assert set(seen) <= set(dir(mlpkit))
    with pytest.raises(AttributeError, match="module 'mlpkit' has no attribute 'Perceptron'"):
        mlpkit.Perceptron  # noqa: B018


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


def test_importing_leaves_the_heavy_modules_alone():
    heavy = {"matplotlib", "ipywidgets", "sklearn", "IPython", "pooch", "scipy", "pandas", "torch", "autograder"}
    assert not loaded_by("import mlpkit") & (heavy | {"mlpkit.testing", "mlpkit.viz"})
