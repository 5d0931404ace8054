"""Which operations of the student's code may answer with an object instead of data.

While an assignment is released, the reference is run and each operation's kind of answer is written down.
While a submission is graded, an object where the reference had data is refused: an object can pretend to
be whatever a test hopes for, data cannot.

An operation is written as it is reached: ``layer()`` is a call of ``layer``, ``<Value>.grad`` an attribute of
an instance of the class ``Value``, ``make()()`` a call of the function that ``make()`` returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DATA = "data"
EMPTY = "empty data"
INSTANCE = "instance"
ITERATOR = "iterator"


@dataclass(frozen=True)
class Described:
    """An object in the student's process, as that describes it: a number, and claims that prove nothing.

    Classes have numbers of their own: that of the object's class, and of the object if it is one itself, else -1.
    """

    number: int
    kind: str
    type_name: str
    class_number: int = -1
    own_number: int = -1


class ContractError(TypeError):
    """An object arrived where the reference gives data; `refused` says in short what, and from where."""

    def __init__(self, message: str, refused: str) -> None:
        super().__init__(message)
        self.refused = refused


class LackingError(ContractError):
    """Data arrived that is empty or misses values, where the reference's is never so."""


class Contract:
    """The kinds of answers by operation.

    A kind is "data", "empty data", a label of an object, or ``[label]`` for objects in a container.

    Parameters
    ----------
    kinds : mapping of str to iterable of str, optional
        What was recorded from the reference; without it, this contract records instead of enforcing.
    """

    def __init__(self, kinds: Mapping[str, Iterable[str]] | None = None) -> None:
        self.recording = kinds is None
        self._kinds = {operation: list(known) for operation, known in (kinds or {}).items()}

    def data(self, operation: str, *, empty: bool = False) -> None:
        """Take data, which an operation always may give, unless it lacks something where the reference's never does.

        A test that compares element by element, or asks ``all(…)``, passes where there are no elements.

        Raises
        ------
        LackingError
            If it is empty, or misses values, and the reference gave all of them there.
        """
        if empty and not self.recording and EMPTY not in self._kinds.get(operation, [EMPTY]):
            said = f"{operation} gave something empty, or with missing values, where there must be none"
            raise LackingError(said, f"empty or missing data from {operation}")
        self._note(operation, EMPTY if empty else DATA)

    def label(self, operation: str, described: Described, *, inside: bool = False) -> str:
        """Return the label of an object that an operation gave; what is done with it is known by this label.

        Parameters
        ----------
        operation : str
            How the object was reached.
        described : Described
            The object.
        inside : bool
            Whether it stands in a list, tuple, dict or set.

        Raises
        ------
        ContractError
            If the reference gave no object there.
        """
        own = f"<{described.type_name}>" if described.kind == INSTANCE else operation + ("[…]" if inside else "")
        if self.recording:
            self._note(operation, f"[{own}]" if inside else own)
            return own
        labels = self._labels(operation, inside=inside)
        if not labels:
            raise ContractError(
                f"{operation} gave an object of type {described.type_name} "
                f"where plain data is expected (a number, a text, an array, a list, …)",
                f"{described.type_name} from {operation}",
            )
        return own if own in labels else labels[0]

    def gives_objects(self, operation: str, *, inside: bool = False) -> bool:
        """Return whether the reference gave an object there; anything may give one while recording."""
        return self.recording or bool(self._labels(operation, inside=inside))

    def has(self, operation: str) -> bool:
        """Return whether the reference did this, too; anything is allowed while recording."""
        return self.recording or operation in self._kinds

    def to_dict(self) -> dict[str, list[str]]:
        """Return what was recorded, by operation, sorted."""
        return {operation: sorted(kinds) for operation, kinds in sorted(self._kinds.items())}

    def _labels(self, operation: str, *, inside: bool) -> list[str]:
        known = self._kinds.get(operation, [])
        labels = [one[1:-1] for one in known if one.startswith("[")] if inside else [o for o in known if o[0] != "["]
        return [one for one in labels if one not in (DATA, EMPTY)]

    def _note(self, operation: str, kind: str) -> None:
        if self.recording:
            known = self._kinds.setdefault(operation, [])
            if kind not in known:
                known.append(kind)
