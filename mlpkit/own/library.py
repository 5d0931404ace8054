"""One's own library: the parts that are right, the reference in the place of the others, and a file of it all."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mlpkit.own.earlier import FILE, read, read_file, run
from mlpkit.own.parts import PARTS, Part
from mlpkit.own.source import NoSource, source

__all__ = ["Library", "assemble", "load"]

GIVEN = {
    3: "given_backprop.py",
    4: "given_classification.py",
    5: "given_design.py",
    6: "given_training.py",
}
HEAD = '''"""A multilayer perceptron of my own: put together from my answers in the course."""

import numpy as np
'''
WIDTH = 84
"""Characters in a line of what is printed; longer ones wrap in a notebook."""
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
        self._module = run(text)

    def __getattr__(self, name: str) -> Any:
        try:
            return vars(self._module)[name]
        except KeyError:
            raise AttributeError(f"the library has nothing called {name!r}") from None

    def __str__(self) -> str:
        """Return each reason once, with a number, and below a line for each part."""
        told = list(dict.fromkeys(why for why in self._parts.values() if why))
        lines = ["The reference stands in for the parts with a number, because"] if told else []
        lines += [_wrapped(f"({number}) {why}", "    ") for number, why in enumerate(told, 1)]
        for part, why in self._parts.items():
            whose = f"reference ({told.index(why) + 1})" if why else "yours"
            lines.append(f"chapter {part.chapter}, exercise {part.exercise:2}: {', '.join(part.names)} - {whose}")
        return "\n".join(lines)

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


def assemble(
    namespace: Mapping[str, Any], chapter: int, earlier: str | Path | Mapping[int, str | Path] | None = None
) -> Library:
    """Put one's own library together from the answers of a notebook, and print which parts are one's own.

    A part is used if it is right; otherwise the reference stands in, and the table says why. Nothing of this is
    graded.

    Parameters
    ----------
    namespace : mapping of str to object
        ``globals()`` of the notebook.
    chapter : int
        The notebook's chapter, 3, 4 or 6.
    earlier : str or Path, or a mapping from int to them, optional
        The folder of the chapter before, for the parts that are written there, or those of several chapters by their
        numbers. The file that `Library.save` wrote is looked for in it, and if there is none, the chapter's notebook.

    Returns
    -------
    Library
        The library.
    """
    folders = earlier if isinstance(earlier, Mapping) else {} if earlier is None else {chapter - 1: earlier}
    sources = {number: read(Path(one), number) for number, one in folders.items()}
    library = _assemble(sources | {chapter: (namespace, "")})
    print(library)
    return library


def load(folder: str | Path, chapter: int = 6) -> Library:
    """Return the library that was written into a folder, with the reference in the place of what is missing.

    Parameters
    ----------
    folder : str or Path
        Where `Library.save` wrote it.
    chapter : int, default 6
        The chapter of that folder.

    Returns
    -------
    Library
        The library; if there is no file, all of it is the reference.
    """
    names, trouble = read_file(Path(folder), chapter)
    library = _assemble({chapter: (names, trouble)})
    print(_wrapped(f"The reference stands in for all, because {trouble}.") if trouble else library)
    return library


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _assemble(sources: Mapping[int, tuple[Mapping[str, Any], str]]) -> Library:
    """Take each part from the first source that is of its chapter or a later one."""
    blocks: dict[Part, str] = {}
    reasons: dict[Part, str] = {}
    chapter = max(sources)
    for part in (one for one in PARTS if one.chapter <= chapter):
        names, trouble = sources[min(number for number in sources if number >= part.chapter)]
        blocks[part], reasons[part] = ("", trouble) if trouble else _own(part, names, chapter)
    text = _text(blocks, chapter)
    for part, why in reasons.items():  # now that all stands in one file: does one get in the way of another?
        if not why and (why := _fault(part, vars(run(text)))):
            reasons[part] = f"in one file with the others, {why}"
            text = _text(blocks | {part: ""}, chapter)
            blocks[part] = ""
    return Library(text, reasons)


def _own(part: Part, names: Mapping[str, Any], chapter: int) -> tuple[str, str]:
    """Return the text of a part and an empty reason, or nothing and the reason why it cannot be used."""
    for name in part.names:
        if name not in names:
            return "", f"there is no {name} yet: run the cell of the exercise"
        if getattr(names[name], "__module__", "").partition(".")[0] == "mlpkit":
            return "", f"it stands in your file, too: see chapter {part.chapter}"
    if why := _fault(part, names):
        return "", why
    try:
        text = source(part.names, names)
    except NoSource as problem:
        return "", str(problem)
    if taken := sorted(_defined(text) & _defined(_given(range(3, chapter + 1)))):
        return "", f"it uses a {taken[0]} of yours, and the library has one, too: give yours another name"
    why = _fault(part, vars(run(HEAD + text)))
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


def _given(chapters: Iterable[int]) -> str:
    """Return what the course adds in these chapters."""
    texts = [Path(__file__).with_name(GIVEN[number]).read_text(encoding="utf-8") for number in chapters]
    return "\n\n".join(text[text.index("# --- given by the course") :] for text in texts)


def _defined(text: str) -> set[str]:
    return {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _text(blocks: Mapping[Part, str], chapter: int) -> str:
    pieces = [HEAD]
    for number in range(3, chapter + 1):
        for part, text in blocks.items():
            if part.chapter == number and text:
                pieces.append(f"# --- mine: chapter {part.chapter}, exercise {part.exercise}\n\n{text}\n")
            elif part.chapter == number:
                pieces.append(f"from mlpkit.own.reference import {', '.join(part.names)}  # stands in for mine\n")
        pieces.append(_given([number]))
    return "\n\n".join(pieces) + TAIL + ("    main_deep()\n" if chapter >= 6 else "")
