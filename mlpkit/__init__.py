"""mlpkit: multilayer perceptrons in numpy, with a core short enough to read in an evening.

A name loads its module when it is first used, so that importing the package costs next to nothing. The names are listed
once, in ``__init__.pyi``, where type checkers and editors find them, too.
"""

import ast
import importlib
from pathlib import Path
from typing import Any

from mlpkit.optional import is_installed

__version__ = "0.2.0.dev0"

_STUB = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
_MODULES = {
    name.name: statement.module
    for statement in _STUB.body
    if isinstance(statement, ast.ImportFrom) and statement.module
    for name in statement.names
}
"""The module of each public name."""

_NEEDS_SKLEARN = {name for name, module in _MODULES.items() if module == "mlpkit.estimators"}

__all__ = sorted(_MODULES.keys() - (set() if is_installed("sklearn") else _NEEDS_SKLEARN))


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = getattr(importlib.import_module(_MODULES[name]), name)
    elif f"mlpkit.{name}" in _MODULES.values():
        value = importlib.import_module(f"mlpkit.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value  # the next use finds it at once
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
