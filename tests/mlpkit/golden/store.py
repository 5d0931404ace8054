"""The stored values: one vector of float64, and an index in JSON that says what its stretches are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
INDEX, VALUES = FOLDER / "index.json", FOLDER / "values.npz"

Results = dict[str, np.ndarray]
"""What came of one case, by what it is."""


def write(made_with: dict[str, Any], results: dict[str, dict[str, Results]]) -> None:
    """Write the results of all cases, by kind and name, and with what they were made."""
    found = [
        np.asarray(values, float) for cases in results.values() for case in cases.values() for values in case.values()
    ]
    np.savez_compressed(VALUES, values=np.concatenate([values.ravel() for values in found]))
    shapes = {
        kind: {name: {what: list(np.shape(values)) for what, values in case.items()} for name, case in cases.items()}
        for kind, cases in results.items()
    }
    lines = [f'"made with": {json.dumps(made_with)}']
    lines += [
        f"{json.dumps(kind)}: {{\n"
        + ",\n".join(f"  {json.dumps(name)}: {json.dumps(case)}" for name, case in cases.items())
        + "\n}"
        for kind, cases in shapes.items()
    ]
    INDEX.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read() -> tuple[dict[str, Any], dict[str, dict[str, Results]]]:
    """Return with what the results were made, and the results by kind and name."""
    index = json.loads(INDEX.read_text(encoding="utf-8"))
    with np.load(VALUES) as file:
        vector = file["values"]
    vector.flags.writeable = False
    results: dict[str, dict[str, Results]] = {}
    position = 0
    made_with = index.pop("made with")
    for kind, cases in index.items():
        for name, shapes in cases.items():
            case = results.setdefault(kind, {}).setdefault(name, {})
            for what, shape in shapes.items():
                size = int(np.prod(shape))
                case[what] = vector[position : position + size].reshape(shape)
                position += size
    assert position == len(vector), f"{INDEX.name} and {VALUES.name} do not belong together: run `make golden`"
    return made_with, results
