"""Tables of comma-separated values in which single cells are changed and every other byte stays as it is.

An LMS takes a file back that it gave out; whatever a spreadsheet or a CSV library would tidy up (a byte order mark,
quotation marks, line ends, spaces) may matter to it.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.characters import one_line
from autograder.course import CourseError

LARGEST = 50 * 2**20
DELIMITERS = ",;\t"
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass
class Table:
    """A file of comma-separated values.

    Attributes
    ----------
    path : Path
        Where it was read.
    rows : list of list of str
        Its cells as they are written, quotation marks included; the first row has the names of the columns.
    ends : list of str
        What ends each row: a line end, or nothing at the end of the file.
    delimiter : str
        What stands between two cells.
    mark : bytes
        The byte order mark, if there is one.
    encoding : str
        How its characters are encoded.
    """

    path: Path
    rows: list[list[str]]
    ends: list[str]
    delimiter: str = ","
    mark: bytes = b""
    encoding: str = "utf-8"

    @classmethod
    def read(cls, path: Path) -> Table:
        """Read a file.

        Raises
        ------
        CourseError
            If it is too large, empty or no table.
        """
        if path.stat().st_size > LARGEST:
            raise CourseError(f"{path} is no table of a class: it has more than {LARGEST} bytes")
        data = path.read_bytes()
        if data.startswith(b"PK\x03\x04"):
            raise CourseError(f"{path} is a spreadsheet or a zip; a CSV file is wanted: export it as CSV")
        mark = next((mark for mark in MARKS if data.startswith(mark)), b"")
        text, encoding = _decode(data[len(mark) :], MARKS.get(mark, "utf-8"))
        if not text.strip() or "\0" in text:
            raise CourseError(f"{path} is {'no text' if text.strip() else 'empty'}; a CSV file is wanted")
        delimiter = _delimiter(text)
        try:
            rows, ends = _split(text, delimiter)
        except ValueError as problem:
            raise CourseError(f"{path} is no complete CSV file: {problem}") from None
        return cls(path, rows, ends, delimiter, mark, encoding)

    @property
    def columns(self) -> list[str]:
        """The names of the columns, without spaces around them."""
        return [cell_value(cell).strip() for cell in self.rows[0]]

    def column(self, *names: str) -> int | None:
        """Return the number of the first of these columns that there is; upper and lower case are the same."""
        known = [column.casefold() for column in self.columns]
        return next((known.index(name.casefold()) for name in names if name.casefold() in known), None)

    def named(self, name: str) -> int:
        """Return the number of a column that the user named; raise `CourseError` if there is none."""
        found = self.column(name)
        if found is None:
            known = ", ".join(one_line(column, 60) for column in self.columns)
            raise CourseError(f"there is no column {name!r} in {self.path}; there are: {known}")
        return found

    def value(self, row: int, column: int | None) -> str:
        """Return what a cell says, "" where the row has no such cell."""
        if column is None or column >= len(self.rows[row]):
            return ""
        return cell_value(self.rows[row][column])

    def put(self, row: int, column: int, text: str) -> None:
        """Write a text into a cell, quoted if the cell was or must be."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        quoted = cells[column].startswith('"') or any(sign in text for sign in (self.delimiter, '"', "\r", "\n"))
        cells[column] = '"{}"'.format(text.replace('"', '""')) if quoted else text

    def to_bytes(self) -> bytes:
        """Return the whole file: with nothing put into it, the bytes that were read."""
        lines = (self.delimiter.join(row) + end for row, end in zip(self.rows, self.ends, strict=True))
        return self.mark + "".join(lines).encode(self.encoding)


def cell_value(cell: str) -> str:
    """Return what a cell says, without its quotation marks."""
    if not cell.startswith('"'):
        return cell
    end = re.compile(r'(?:[^"]|"")*').match(cell, 1).end()  # type: ignore[union-attr]  # it matches nothing, too
    return cell[1:end].replace('""', '"') + cell[end + 1 :]


def _decode(data: bytes, encoding: str) -> tuple[str, str]:
    """Return the text and its encoding; what is not UTF-8 is taken for that of Windows, latin-1 where it has gaps."""
    for one in (encoding, "cp1252"):
        try:
            return data.decode(one), one
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _delimiter(text: str) -> str:
    """Return what separates cells: the sign that the first line has most often outside quotation marks."""
    unquoted = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:100_000])
    first = LINE_END.split(unquoted, maxsplit=1)[0]
    return max(DELIMITERS, key=first.count)


def _split(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    """Return the cells and the ends of rows; together they are the text."""
    other = re.escape(delimiter)
    cell = re.compile(rf'"(?:[^"]|"")*+"[^{other}\r\n]*+|(?!")[^{other}\r\n]*+')
    rows: list[list[str]] = [[]]
    ends: list[str] = []
    position = 0
    while True:
        found = cell.match(text, position)
        if found is None:
            raise ValueError(f"the quotation mark in line {len(LINE_END.findall(text, 0, position)) + 1} is not closed")
        rows[-1].append(found[0])
        position = found.end()
        if position < len(text) and text[position] == delimiter:
            position += 1
            continue
        end = LINE_END.match(text, position)
        ends.append(end[0] if end else "")
        if end is None or end.end() == len(text):
            return rows, ends
        rows.append([])
        position = end.end()
