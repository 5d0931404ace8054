"""Moodle's assignments: the folders of a downloaded zip, and the grading worksheet.

The form is that of Moodle's sources (``mod/assign``: ``downloader.php``, ``feedback/file/importziplib.php`` and
``feedback/offline/importgradeslib.php``). A folder is called ``Full name_<participant>_assignsubmission_file``, before
Moodle 4.1 with one more underscore at its end; the number is that of the participant of this assignment alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.lms.people import Person, divided, fold
from autograder.lms.table import Table

FOLDER = re.compile(r"(?P<name>.*?)_(?P<number>\d{1,18})_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?", re.S)
IDENTIFIER = re.compile(r"\D*[^\d\W]\D*?(?P<number>\d{1,18})")
"""The word for a participant in the user's language, and the number."""

NAMES = ("full name", "name", "vollständiger name", "nom complet", "nombre completo", "nome completo", "volledige naam")
ADDRESSES = ("email address", "e-mail-adresse", "adresse de courriel", "dirección de correo", "indirizzo email")
USERNAMES = ("username", "anmeldename", "nom d'utilisateur", "nombre de usuario", "gebruikersnaam")
NUMBERS = ("id number", "id-nummer", "numéro d'identification", "número de id")
GRADES = ("grade", "bewertung", "note", "calificación", "valutazione", "nota", "cijfer", "beoordeling")
MAXIMA = (
    "maximum grade",
    "höchste bewertung",
    "bestwertung",
    "note maximale",
    "calificación máxima",
    "valutazione massima",
)
SUBMITTED = (
    "last modified (submission)",
    "zuletzt geändert (abgabe)",
    "dernière modification (travail remis)",
    "última modificación (entrega)",
    "ultima modifica (consegna)",
    "laatst gewijzigd (inzending)",
)
CHANGEABLE = ("grade can be changed", "bewertung kann geändert werden")


@dataclass(frozen=True)
class Folder:
    """What the name of a folder in a zip says, or the beginning of a file's where there are no folders."""

    name: str
    number: str
    plugin: str
    rest: str = ""


def parse_folder(name: str) -> Folder | None:
    """Return what the name of a folder or file says; None if it is not Moodle's."""
    found = FOLDER.fullmatch(name)
    return None if found is None else Folder(found["name"], found["number"], found["plugin"], found["rest"] or "")


def folder_for(name: str, number: str) -> str:
    """Return the folder that Moodle's form for feedback files takes for a participant."""
    clean = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*&~]', "", name.replace("_", " ")).strip()
    return f"{clean}_{number}_assignsubmission_file_"


class Worksheet:
    """Moodle's grading worksheet, in whatever language its columns are named."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = [row for row in range(1, len(table.rows)) if self.number(row)]
        known = table.columns
        self.name = table.column(*NAMES) if table.column(*NAMES) is not None else 1 if len(known) > 1 else None
        self.email = table.column(*ADDRESSES)
        if self.email is None:
            self.email = next((one for one in range(1, len(known)) if self._has_addresses(one)), None)
        self.username = table.column(*USERNAMES)
        self.idnumber = table.column(*NUMBERS)
        self.grade = table.column(*GRADES)
        self.maximum = table.column(*MAXIMA)
        self.submitted = table.column(*SUBMITTED)
        self.changeable = table.column(*CHANGEABLE)

    @staticmethod
    def fits(table: Table) -> bool:
        """Return whether a table is a grading worksheet: its first column names participants by number."""
        cells = [table.value(row, 0) for row in range(1, len(table.rows)) if table.value(row, 0)]
        found = [IDENTIFIER.fullmatch(cell) for cell in cells]
        words = {match.group()[: match.start("number")] for match in found if match}
        return bool(cells) and all(found) and len(words) == 1 and len(table.columns) > 2

    def number(self, row: int) -> str:
        """Return the number of the participant in a row, "" if there is none."""
        found = IDENTIFIER.fullmatch(self.table.value(row, 0))
        return str(int(found["number"])) if found else ""

    def people(self, id_column: int | None = None) -> list[Person]:
        """Return the participants; their ids are in the column that is named, or the best that there is."""
        found = []
        for row in self.rows:
            username, number, email, name = (
                self.table.value(row, column).strip()
                for column in (self.username, self.idnumber, self.email, self.name)
            )
            student = self.table.value(row, id_column).strip() if id_column is not None else username or number or email
            keys = frozenset(map(fold, (username, number, email, local_part(email)))) - {""}
            found.append(Person(student, *divided(name), email, "", "", keys, row))
        return found

    def _has_addresses(self, column: int) -> bool:
        cells = [self.table.value(row, column) for row in self.rows]
        return any(cells) and all("@" in cell for cell in cells if cell)


def local_part(address: str) -> str:
    """Return what stands before the @."""
    return address.split("@", 1)[0]
