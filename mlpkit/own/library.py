"""One's own library: the parts that are right, the reference in the place of the others, and a file of it all."""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mlpkit.own.parts import PARTS, Part
from mlpkit.own.source import NoSource, source

__all__ = ["FILE", "Library", "assemble"]

FILE = "my_mlp.py"
GIVEN = {3: "given_backprop.py", 4: "given_classification.py"}
HEAD = '''"""A multilayer perceptron of my own: put together from my answers in the course."""

import numpy as np
'''
TAIL = """

if __name__ == "__main__":
    main()
"""


class Library:
    """The assembled library: its names are attributes, ``my.Value``, ``my.Network``.

    Attributes
    ----------
    text : str
        The file's.
    reasons : dict of str to str
        For each part, by its names: why the reference stands in; empty if the part is the student's own.
    """

    def __init__(self, text: str, reasons: dict[Part, str]) -> None:
        self.text = text
        self.reasons = {", ".join(part.names): why for part, why in reasons.items()}
        self._parts = reasons
        self._module = _run(text)

    def __getattr__(self, name: str) -> Any:
        try:
            return vars(self._module)[name]
        except KeyError:
            raise AttributeError(f"the library has nothing called {name!r}") from None

    def __str__(self) -> str:
        return "\n".join(
            f"chapter {part.chapter}, exercise {part.exercise:2}, {', '.join(part.names)}: "
            + (f"the reference stands in, because {why}" if why else "yours")
            for part, why in self._parts.items()
        )

    def save(self, path: str | Path = FILE) -> None:
        """Write the library into a file, if anything in it is the student's own; say what became of it.

        Parameters
        ----------
        path : str or Path
            The file; beside the notebook if only a name is given.
        """
        path = Path(path)
        missing = sum(bool(why) for why in self._parts.values())
        if missing == len(self._parts):
            print(f"No part is yours yet, so {path.name} is not written.")
            return
        path.write_text(self.text, encoding="utf-8", newline="\n")
        if missing:
            print(f"{path.name} is written. It needs mlpkit for {missing} of {len(self._parts)} parts.")
        else:
            print(f"{path.name} is written. It needs numpy, and nothing of mlpkit.")


def assemble(namespace: Mapping[str, Any], chapter: int, earlier: str | Path | None = None) -> Library:
    """Put one's own library together from the answers of a notebook, and print which parts are one's own.

    A part is used if it is right; otherwise the reference stands in, and the table says why. Nothing of this is
    graded.

    Parameters
    ----------
    namespace : mapping of str to object
        ``globals()`` of the notebook.
    chapter : int
        The notebook's chapter, 3 or 4.
    earlier : str or Path, optional
        The folder of the chapter before, for the parts that are written there; its file is looked for in it.

    Returns
    -------
    Library
        The library.
    """
    before, trouble = _read(Path(earlier) / FILE) if earlier is not None else ({}, "")
    blocks: dict[Part, str] = {}
    reasons: dict[Part, str] = {}
    for part in (one for one in PARTS if one.chapter <= chapter):
        blocks[part], reasons[part] = "", trouble
        if part.chapter == chapter or not trouble:
            blocks[part], reasons[part] = _own(part, namespace if part.chapter == chapter else before)
    text = _text(blocks, chapter)
    for part, why in reasons.items():  # now that all stands in one file: does one get in the way of another?
        if not why and (why := _fault(part, vars(_run(text)))):
            reasons[part] = f"in one file with the others, {why}"
            text = _text(blocks | {part: ""}, chapter)
            blocks[part] = ""
    library = Library(text, reasons)
    print(library)
    return library


def _own(part: Part, namespace: Mapping[str, Any]) -> tuple[str, str]:
    """Return the text of a part and an empty reason, or nothing and the reason why it cannot be used."""
    for name in part.names:
        if name not in namespace:
            return "", f"there is no {name} yet: run the cell of the exercise"
        if getattr(namespace[name], "__module__", "").partition(".")[0] == "mlpkit":
            return "", "it stands in your file, too: see chapter 3"
    if why := _fault(part, namespace):
        return "", why
    try:
        text = source(part.names, namespace)
    except NoSource as problem:
        return "", str(problem)
    why = _fault(part, vars(_run(HEAD + text)))
    return ("", f"in a file of its own, {why}") if why else (text, "")


def _fault(part: Part, names: Mapping[str, Any]) -> str:
    """Return what is wrong with a part; empty if nothing is."""
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            right = part.right(names)
    except NotImplementedError:
        return "it is not solved yet"
    except Exception as problem:
        return f"it ends in an error ({type(problem).__name__}: {problem})"
    return "" if right else "its result is not right in a trial: see the checks of the exercise"


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """Return the names of an earlier file, or why there are none."""
    if not path.is_file():
        return {}, f"there is no {path.name} of chapter 3: run the last cells of that chapter, and this one again"
    try:
        return vars(_run(path.read_text(encoding="utf-8"))), ""
    except Exception as problem:
        return {}, f"{path.name} of chapter 3 ends in an error ({type(problem).__name__}: {problem})"


def _text(blocks: Mapping[Part, str], chapter: int) -> str:
    pieces = [HEAD]
    for number in range(3, chapter + 1):
        for part, text in blocks.items():
            if part.chapter == number and text:
                pieces.append(f"# --- mine: chapter {part.chapter}, exercise {part.exercise}\n\n{text}\n")
            elif part.chapter == number:
                pieces.append(f"from mlpkit.own.reference import {', '.join(part.names)}  # stands in for mine\n")
        given = Path(__file__).with_name(GIVEN[number]).read_text(encoding="utf-8")
        pieces.append(given[given.index("# --- given by the course") :])
    return "\n\n".join(pieces) + TAIL


def _run(text: str) -> ModuleType:
    """Make a module of a text, whose lines are known to tracebacks and to `source`."""
    module = ModuleType("my_mlp")
    name = f"<my_mlp {hash(text):x}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec", dont_inherit=True), vars(module))
    return module
