"""What PyTorch and JAX print for the listings of the chapter on today: ``python tests/notebooks/frameworks.py``.

The listings are taken from the chapter itself. Whichever of the two libraries the Python that runs this has is run,
and what it prints is recorded in ``frameworks.json``, with its version; `make golden` does so with PyTorch's.
The tests compare the record with the chapter, and with a new run where a library is installed. Needs numpy alone
besides.
"""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent
CHAPTER = FOLDER.parents[1] / "solutions/08_today/08_today.ipynb"
RECORD = FOLDER / "frameworks.json"
LIBRARIES = ("torch", "jax")
CODE, OUTPUT = (re.compile(rf"^```{kind}\n(.*?)^```$", re.DOTALL | re.MULTILINE) for kind in ("python", "text"))


def cell(name: str) -> str:
    """Return the source of a cell of the chapter."""
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    [source] = ["".join(one["source"]) for one in cells if one["id"] == name]
    return source


def shown(library: str) -> list[str]:
    """Return the lines that the chapter says a library prints."""
    return OUTPUT.findall(cell(f"{library}-listing"))[0].splitlines()


def run(*sources: str) -> list[str]:
    """Run sources one after the other, with the same names, and return the lines that the last one prints."""
    import numpy

    names: dict[str, object] = {"np": numpy}
    for source in sources:
        with redirect_stdout(io.StringIO()) as out:
            exec(source, names)
    return out.getvalue().splitlines()


def run_listing(library: str) -> list[str]:
    """Run the chapter's own network, which gives the data and the first weights, and then a library's listing."""
    return run(cell("own-network"), CODE.findall(cell(f"{library}-listing"))[0])


def main() -> None:
    """Record what the libraries print that are installed."""
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    for library in LIBRARIES:
        if find_spec(library):
            record[library] = {"version": version(library), "printed": run_listing(library)}
            print(f"{library} {version(library)}: {record[library]['printed']}")
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
