"""What travels between the steps of grading: plain, frozen, and free of nbgrader.

A `Job` goes to a worker, an `Outcome` comes back, as JSON: nothing else crosses the wall to the untrusted worker.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from autograder import fields

CellStatus = Literal["ok", "error", "stopped", "not run"]
Side = Literal["student", "setup", "test"]
"""Where a cell of an isolated notebook runs: the student's process, or the tester's (the last two)."""


@dataclass(frozen=True)
class Limits:
    """How much one submission may use.

    Attributes
    ----------
    cell_seconds, notebook_seconds : float
        Computing (CPU) time of all processes together for one cell and for a whole notebook, in seconds.
    wall_factor : float
        How many times longer a cell and a notebook may take by the clock on the wall.
    output_characters : int
        Text that one cell may print; the rest is dropped at the source.
    display_characters : int
        Size of one rich output (a picture in base64, a table); a larger one is replaced by a note.
    memory_bytes : int
        Address space of each process, and memory of all processes together, in bytes.
    processes : int
        How many processes and threads may run at once.
    file_bytes : int
        Size of one file that may be written, in bytes.
    """

    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0
    wall_factor: float = 10.0
    output_characters: int = 100_000
    display_characters: int = 2_000_000
    memory_bytes: int = 4 * 2**30
    processes: int = 64
    file_bytes: int = 100 * 2**20

    @property
    def cell_wall_seconds(self) -> float:
        """Wall-clock time for one cell, in seconds."""
        return self.cell_seconds * self.wall_factor

    @property
    def notebook_wall_seconds(self) -> float:
        """Wall-clock time for a whole notebook, in seconds."""
        return self.notebook_seconds * self.wall_factor


@dataclass(frozen=True)
class Usage:
    """How much time the processes of a worker took since it was started.

    Attributes
    ----------
    computed : float
        Computing (CPU) time, in seconds.
    ready : float
        Wall-clock time in which one of them computed or could have, had a processor been free, in seconds.
    """

    computed: float = 0.0
    ready: float = 0.0

    def __sub__(self, other: Usage) -> Usage:
        """Return what was used since `other`."""
        return Usage(self.computed - other.computed, self.ready - other.ready)

    def __add__(self, other: Usage) -> Usage:
        """Return what was used in both."""
        return Usage(self.computed + other.computed, self.ready + other.ready)


@dataclass(frozen=True)
class Cell:
    """One code cell to run.

    Attributes
    ----------
    key : int
        Its position in the notebook; other numbers for "setup" cells.
    name : str
        What people call it.
    source : str
        Its code.
    side : {"student", "setup", "test"}
        Whose it is: the student's to write or run, the instructor's preparation for tests, or a test.
        Only the isolated mode tells them apart.
    """

    key: int
    name: str
    source: str
    side: Side = "student"


@dataclass(frozen=True)
class Job:
    """The cells of one notebook, in order, and the limits that hold for them.

    Attributes
    ----------
    cells, limits
        What to run, and what it may use.
    names : tuple of str
        The student's names that tests see, in the isolated mode.
    contract : dict or None
        The kinds of answers that the reference gave, by operation (see `execute.contract`); None to
        record them.
    """

    cells: tuple[Cell, ...]
    limits: Limits = field(default_factory=Limits)
    names: tuple[str, ...] = ()
    contract: dict[str, list[str]] | None = None

    def to_json(self) -> str:
        """Return the job as one JSON object."""
        return json.dumps(fields.as_data(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Read a job from `to_json`'s form."""
        data = json.loads(text)
        cells = tuple(Cell(**cell) for cell in data["cells"])
        return cls(cells, Limits(**data["limits"]), tuple(data["names"]), data["contract"])


@dataclass(frozen=True)
class Frame:
    """One line of a traceback that lies in a cell of the notebook (`key`, 1-based `line`)."""

    key: int
    line: int
    function: str

    @classmethod
    def from_dict(cls, data: object) -> Frame:
        """Read a frame from its `dataclasses.asdict` form; raises `MalformedError` on anything else."""
        get = fields.of(data)
        return cls(fields.whole(get("key")), fields.whole(get("line")), fields.name(get("function")))


@dataclass(frozen=True)
class CellError:
    """Why a cell did not end well.

    `frames` lists the cells' own frames, outermost first; `notes` are what was added to the exception.
    """

    ename: str
    evalue: str
    traceback: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> CellError:
        """Read an error from its `dataclasses.asdict` form; raises `MalformedError` on anything else."""
        get = fields.of(data)
        frames = tuple(map(Frame.from_dict, fields.items(get("frames"), fields.MOST_FRAMES)))
        traceback, notes = fields.texts(get("traceback"), fields.MOST_LINES), data.get("notes", ())
        return cls(fields.name(get("ename")), fields.message(get("evalue")), traceback, frames, fields.notes(notes))


@dataclass(frozen=True)
class CellOutcome:
    """What happened to one cell.

    Attributes
    ----------
    key : int
        The cell's `Cell.key`.
    status : {"ok", "error", "stopped", "not run"}
        "error" is its own exception; "stopped" that a limit, or the end of the process, cut it short.
    outputs : tuple of dict
        nbformat outputs, already within the limits.
    error : CellError or None
        Set unless the status is "ok".
    value : float, bool or None
        The value of the cell's last expression if it was a number or a truth value.
    seconds : float
        By the clock.
    refused : str
        What could not cross between the processes, if that cost a test its points.
    behaviour : str
        Of an isolated test that failed, what `execute.behaviour` makes of it.
    """

    key: int
    status: CellStatus
    outputs: tuple[dict[str, Any], ...] = ()
    error: CellError | None = None
    value: float | bool | None = None
    seconds: float = 0.0
    refused: str = ""
    behaviour: str = ""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> CellOutcome:
        """Read an outcome from its `dataclasses.asdict` form; raises `MalformedError` on anything else."""
        get = fields.of(data)
        error = None if get("error") is None else CellError.from_dict(get("error"))
        status: Any = fields.one_of(get("status"), get_args(CellStatus))
        outputs, value = fields.outputs(get("outputs")), fields.number(get("value"))
        seconds = fields.seconds(get("seconds"))
        refused, behaviour = fields.name(data.get("refused", "")), fields.name(data.get("behaviour", ""))
        return cls(fields.whole(get("key")), status, outputs, error, value, seconds, refused, behaviour)


@dataclass(frozen=True)
class Outcome:
    """What happened to one notebook.

    Attributes
    ----------
    cells, seconds
        An outcome for each cell, and the wall-clock time.
    restarts : int
        How often a worker had to be started anew.
    starved : bool
        Whether a wall-clock limit cut it short while it waited for a processor, so that it may end otherwise
        on a machine with less to do.
    contract : dict
        What was recorded, if the job asked for it.
    """

    cells: tuple[CellOutcome, ...]
    seconds: float = 0.0
    restarts: int = 0
    contract: dict[str, list[str]] = field(default_factory=dict)
    starved: bool = False

    @property
    def stopped(self) -> tuple[CellOutcome, ...]:
        """The cells that were cut short or never reached."""
        return tuple(cell for cell in self.cells if cell.status in ("stopped", "not run"))

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain data for JSON."""
        return dict(fields.as_data(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Outcome:
        """Read an outcome from `to_dict`'s form."""
        cells = tuple(CellOutcome.from_dict(cell) for cell in data["cells"])
        contract, starved = dict(data.get("contract", {})), bool(data.get("starved", False))
        return cls(cells, float(data["seconds"]), int(data["restarts"]), contract, starved)
