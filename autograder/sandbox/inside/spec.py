"""What the coordinator asks for when it starts a worker; its JSON form crosses into the sandbox."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Spec:
    """A worker to start, and what it may.

    Attributes
    ----------
    module : str
        The module whose `main` is called.
    memory_bytes : int
        Address space of each process, in bytes.
    file_bytes : int
        Size of one file that may be written, in bytes.
    processes : int or None
        How many processes and threads its user may have, None for as many as the system allows.
    user : int or None
        The user to become, for a coordinator that runs as root.
    masked : tuple of str
        Modules that an import hook refuses, where the file system does not hide them.
    secret : bool
        Whether no other process may read its memory.
    frozen : bool
        Whether modules in its working folder are those that were there when it began, since others can write there.
    """

    module: str
    memory_bytes: int
    file_bytes: int
    processes: int | None = None
    user: int | None = None
    masked: tuple[str, ...] = ()
    secret: bool = False
    frozen: bool = False

    def to_json(self) -> str:
        """Return the request as one JSON object."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Read a request from `to_json`'s form."""
        data = json.loads(text)
        return cls(**{**data, "masked": tuple(data["masked"])})
