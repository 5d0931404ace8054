"""Run notebooks' cells by plain ``exec``, each notebook in a fork: ``python -m benchmarks.forks CELLS.json``.

The file holds a list of notebooks, each a list of its cells' sources. The libraries of the course are loaded before
the first fork.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

LIBRARIES = ("numpy", "matplotlib.pyplot", "ipywidgets", "mlpkit", "mlpkit.viz")


def run(cells: list[str]) -> None:
    """Run the cells of a notebook in one namespace; what they print and raise is dropped."""
    namespace: dict[str, object] = {"__name__": "__main__", "display": lambda *shown: None}
    for cell in cells:
        source = TransformerManager().transform_cell(cell)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            exec(compile(source, "<cell>", "exec"), namespace)


def main() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    for cells in json.loads(Path(sys.argv[1]).read_text()):
        child = os.fork()
        if child == 0:
            run(cells)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
