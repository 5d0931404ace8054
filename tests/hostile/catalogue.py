"""Read the cases: one file each, its docstring the sentence and the expectations, the rest the submission."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fortress import RIGHT, WRONG, as_bytes, submission

HERE = Path(__file__).parent
FOLDERS = ("forgery", "theft", "destruction", "stalling", "damage")
FIELD = re.compile(r"^(score|status|others|runs|leaves|leaks|inputs|why|secret)((?: [a-z]+)*): *(.+)$")
"""A line of a case's header: a field, for which variants it holds, and its value."""
CELL = re.compile(r"^# %% (\w+)\n", re.MULTILINE)
KINDS = {"", "as root", "as user", "without bubblewrap", "as root without bubblewrap", "as user without bubblewrap"}


@dataclass(frozen=True)
class Case:
    """One hostile submission: what it tries, what must come of it, and how it is written down."""

    name: str
    says: str
    fields: dict[tuple[str, str], str]
    body: str
    path: Path

    def expected(self, field: str, variant: str, default: str = "") -> str:
        """Return a field of the header as it holds for a variant, such as "as root without bubblewrap"."""
        who = " ".join(variant.split()[:2])
        how = " ".join(variant.split()[2:])
        for kind in (variant, how, who, ""):
            if (field, kind) in self.fields:
                return self.fields[field, kind]
        return default

    def names(self, kind: str) -> bool:
        """Return whether a line of the header is for a kind of variant, such as "without bubblewrap"."""
        return any(kind in variant for _, variant in self.fields)

    def followed(self, variant: str) -> bool:
        """Return whether an honest student is graded after it.

        With bubblewrap always; without, only after what is out to disturb others, to save time.
        """
        return "without" not in variant or self.path.parent.name in ("destruction", "stalling")

    def hand_in(self, folder: Path, places: dict[str, str]) -> None:
        """Write the submission into a student's folder; `places` replaces words of the case such as __MARK__."""
        folder.mkdir(parents=True)
        path = folder / "fortress.ipynb"
        body = self.body
        for word, meaning in places.items():
            body = body.replace(word, meaning)
        if "def hand_in(" in body:
            space: dict[str, Any] = {"json": json, "Path": Path}
            exec(compile(body, str(self.path), "exec"), space)
            write: Callable[[dict[str, Any], Path], bytes | None] = space["hand_in"]
            data = write(json.loads(json.dumps(submission(self.answers({})))), path)
            if data is not None:
                path.write_bytes(data)
        else:
            first, *rest = CELL.split(body)
            assert not first.strip(), f"{self.path}: code before the first # %% cell"
            cells = dict(zip(rest[::2], (source.strip() for source in rest[1::2]), strict=True))
            path.write_bytes(as_bytes(submission(self.answers(cells))))

    def answers(self, own: dict[str, str]) -> dict[str, str]:
        """Return the case's own cells, and behind them the answers that it leaves as they are."""
        others = WRONG if self.fields.get(("others", "")) == "wrong" else RIGHT
        return own | {name: source for name, source in others.items() if name not in own}


def read(path: Path) -> Case:
    """Read a case, and complain about a header that says too little."""
    text = path.read_text()
    tree = ast.parse(text)
    says = ast.get_docstring(tree) or ""
    fields = {}
    sentence = []
    for line in says.splitlines():
        if found := FIELD.match(line):
            kind = found[2].strip()
            assert kind in KINDS, f"{path}: {kind!r} is no variant"
            fields[found[1], kind] = found[3]
        else:
            sentence.append(line)
    body = "\n".join(text.splitlines()[tree.body[0].end_lineno :]) + "\n"
    return Case(f"{path.parent.name}-{path.stem}", "\n".join(sentence).strip(), fields, body, path)


def catalogue() -> list[Case]:
    """Return every case, by name."""
    return [read(path) for folder in FOLDERS for path in sorted((HERE / folder).glob("*.py"))]
