"""The tester's view of the student's process: requests go out, data and handles come back.

Whatever that process does, the worst it can do here is to fail the test that asked.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np

from autograder.execute import codec
from autograder.execute.behaviour import Behaviour
from autograder.execute.channel import Channel, ClosedError, LateError
from autograder.execute.claims import WITHOUT_A_NAME, Claim, ClaimError
from autograder.execute.conditions import Conditions
from autograder.execute.contract import Contract, ContractError
from autograder.execute.failures import IsolationError, rebuilt, within
from autograder.execute.handles import ASKED, Refused
from autograder.execute.operations import reach
from autograder.execute.proxy import Handle
from autograder.execute.rebinding import Rebinding
from autograder.execute.restore import restore
from autograder.execute.served import Served, in_short
from autograder.execute.values import Values, described
from autograder.plan import Cell, CellOutcome

OUTCOME_BYTES = 16 * 2**20
"""The longest outcome of a cell, with its pictures."""
GRACE_SECONDS = 3.0
"""How long after its time by the clock the student's process may take to say so."""


class Student:
    """The student's process.

    Parameters
    ----------
    channel : Channel
        The connection to it.
    contract : Contract
        Which operations may answer with objects.
    keys : frozenset of int
        The cells that run there.

    Attributes
    ----------
    deadline : float
        When the cell that is running must be done, on `time.monotonic`'s clock; the process itself counts how
        long it computes.
    failure : str
        Why the cell cannot pass any more, whatever the test makes of it; empty if it can.
    refused : str
        In short, what could not cross between the processes, if that is why; else empty.
    flaw : str
        Why the cell cannot pass if its test finds nothing worse: an argument was changed, or data is missing.
    names_now : Rebinding
        What a test does to the student's names.
    behaviour : Behaviour
        What the test asked of the student's code and got.
    late, waited : bool
        Whether the student's code used up the cell's time, and whether it was by waiting.
    lost : str
        Why the process is of no use any more; empty if it is.
    """

    def __init__(self, channel: Channel, contract: Contract, keys: frozenset[int]) -> None:
        self._channel = channel
        self._contract, self._keys = contract, keys
        self._served = Served(self, contract)
        self._values = Values(self, contract, self._served)
        self._conditions, self.names_now, self.behaviour = Conditions(), Rebinding(contract), Behaviour()
        self._claims: dict[int, Claim] = {}
        self.deadline = float("inf")
        self._turn = 0
        self.begin(float("inf"))
        self.lost = ""

    def begin(self, seconds: float) -> None:
        """Start the clock of a new cell, wall-clock seconds, and forget the failure of the one before."""
        self._turn += 1
        self.deadline = time.monotonic() + seconds
        self.failure = self.refused = self.flaw = ""
        # A cell may change its classes, but not Python's own of functions, which nearly all tests ask for.
        self._claims = {number: claim for number, claim in self._claims.items() if claim.chain[0] in WITHOUT_A_NAME}
        self._conditions.begin()
        self.behaviour.begin()
        self.late = self.waited = False

    def greet(self, seconds: float) -> None:
        """Wait until the process is ready; raise ClosedError, LateError or CodecError if it never is."""
        if codec.decode(self._channel.receive(time.monotonic() + seconds)) != "hello":
            raise codec.CodecError("no greeting")

    def run(self, cell: Cell) -> CellOutcome:
        """Run a cell of the student's there."""
        text = self._order("the cell", "run", cell.key, cell.name, cell.source)
        try:
            if type(text) is not np.ndarray or text.dtype != np.uint8 or text.nbytes > OUTCOME_BYTES:
                raise ValueError("no outcome")
            outcome = CellOutcome.from_dict(json.loads(text.tobytes()))
            if outcome.key != cell.key:
                raise ValueError("another cell's outcome")
        except (ValueError, RecursionError):  # what is no JSON, JSON nested too deeply, or no outcome
            self._lose("the cell wrote into the grader's own channel")
        return outcome if outcome.error is None else replace(outcome, error=within(outcome.error, self._keys))

    def names(self, wanted: tuple[str, ...]) -> dict[str, Any]:
        """Return what the student has defined of these names; what breaks the contract refuses to be used."""
        found = self._bind(self._order("names", "names", list(wanted)))
        return {name: found[name] for name in wanted if name in found}

    def operate(self, operation: str, handle: Handle, *args: object, **kwargs: object) -> Any:
        """Carry out an operation on an object of the student's."""
        __tracebackhide__ = True
        reached = reach(operation, handle._remote[2], args)
        number = handle._remote[1]
        return self._ask(
            reached, "operate", operation, number, args, kwargs, [*self._conditions.now(), self.names_now.now()]
        )

    def did(self, operation: str, handle: Handle, *args: object) -> bool:
        """Return whether the reference was asked for an operation on such an object."""
        return self._contract.has(reach(operation, handle._remote[2], args))

    def claim(self, number: int) -> Claim:
        """Return what is claimed of a class of the student's process."""
        if number not in self._claims:
            try:
                self._claims[number] = Claim.from_data(self._order("a class", "describe", number), ASKED)
            except ClaimError:
                self._lose("the cell wrote into the grader's own channel")
        return self._claims[number]

    def misuse(self, message: str, refused: str = "") -> NoReturn:
        """Fail the cell for good; `refused` says in short what could not cross between the processes."""
        __tracebackhide__ = True
        self.refused = self.refused or refused
        self.failure = self.failure or message
        raise IsolationError(message)

    def release(self, number: int) -> None:
        """Tell the process with the next request that an object of its is not needed any more."""
        self._values.released.append(number)

    def _order(self, reached: str, *request: Any) -> Any:
        """Have the process itself do something; the student's code has no part in it unless it meddles."""
        kind, value, *_ = self._exchange(reached, request)
        if kind == "raise":
            self._lose("the cell broke the process that runs it")
        return value

    def _ask(self, reached: str, *request: Any) -> Any:
        """Send a request; return its answer, or raise what the student's code raised."""
        __tracebackhide__ = True
        kind, value, changed, written = self._exchange(reached, request)
        self._conditions.take(written)
        self._restore(reached, request, changed)
        if kind == "late":
            self.late = True
            self.misuse("your code did not come to its end in time")
        if kind == "raise":
            error = self.behaviour.seen(reached, rebuilt(value, self._keys))
            if type(error).__name__ == codec.CodecError.__name__:
                self.refused = self.refused or f"the result of {reached}: {error}"
            if isinstance(error, StopIteration) and "next" not in request[1:2]:
                # it would end a loop of the test's without a word, as Python forbids to generators
                raise RuntimeError(f"{reached} raised StopIteration") from error
            raise error
        try:
            return self.behaviour.seen(reached, self._values.result(request[1], reached, value))
        except ContractError as error:
            self.misuse(str(error), error.refused)

    def _exchange(self, reached: str, request: tuple[Any, ...]) -> tuple[str, Any, Any, Any]:
        """Send a request and serve the callbacks of the student's code until the answer is there."""
        __tracebackhide__ = True
        if self.lost:
            self.misuse(self.lost)
        nonce = secrets.randbits(62)
        limit = self.deadline + GRACE_SECONDS
        released, self._values.released = self._values.released, []
        message = [nonce, self._turn, self.deadline - time.monotonic(), released, *request]
        try:
            frame = codec.encode(message, self._values.given)
        except codec.CodecError as error:
            self.misuse(f"the test cannot call {reached}: {error}", f"an argument of {reached}: {in_short(error)}")
        try:
            self._channel.send(frame, limit)
            while True:
                kind, value, more, written = self._reply(nonce, limit)
                if kind != "callback":
                    return kind, value, more, written
                self._conditions.take(written)
                answer = self._served.answer(value, more, self._values.argument, self._values.given)
                self._channel.send(codec.encode([nonce, *answer], self._values.given), limit)
        except LateError:
            self.late = self.waited = True
            self._lose("the cell waited too long and could not be interrupted")
        except ClosedError:
            self._lose("the cell ended the Python process")
        except codec.CodecError:
            self._lose("the cell wrote into the grader's own channel")
        except IsolationError:
            raise
        except BaseException:
            self.lost = self.lost or "the cell was interrupted"
            raise

    def _reply(self, nonce: int, limit: float) -> tuple[str, Any, Any, Any]:
        known: codec.Known = {"h": described, "guest": self._served.described}
        message = codec.decode(self._channel.receive(limit), known)
        if type(message) is not list or [type(part) for part in message[:2]] != [int, str] or len(message) != 5:
            raise codec.CodecError("no reply")
        answered, kind, value, more, written = message
        if kind == "late":
            self.late, self.waited = True, value is True
        if answered != nonce or kind not in ("value", "raise", "late", "callback") or type(more) is not list:
            raise codec.CodecError("an unknown reply, or one to no request")
        if kind == "callback" and [type(part) for part in more] != [str, list, dict]:
            raise codec.CodecError("an unknown reply")
        return kind, value, more, written

    def _restore(self, reached: str, request: tuple[Any, ...], changed: Any) -> None:
        """Bring what the student's code did to its arguments back to the originals."""
        __tracebackhide__ = True
        _, _, _, args, kwargs, _ = request
        try:
            for place, value in changed:
                way = f"{reached} argument {place}"
                if not self._contract.has(way):
                    # the test sees the change, and may have more to say; but it cannot pass, or its own formula,
                    # computed from the changed argument, could be made to agree with anything
                    said = f"{reached} changed an argument in place; work on a copy, as x.copy() gives"
                    self.flaw = self.flaw or said
                restore(kwargs[place] if type(place) is str else args[place], self._values.taken(way, value))
        except (ValueError, TypeError, KeyError, IndexError) as error:
            said = f"{reached} changed an argument in a way that cannot be followed: {error}"
            self.misuse(said, f"{reached} changed an argument")

    def _bind(self, names: Any) -> dict[str, Any]:
        if type(names) is not dict or not all(type(name) is str for name in names):
            self._lose("the cell wrote into the grader's own channel")
        bound = {}
        for name, value in names.items():
            try:
                bound[name] = self._values.taken(name, value)
            except ContractError as error:
                bound[name] = Refused(self, -1, name, error)
        return bound

    def _lose(self, reason: str) -> NoReturn:
        __tracebackhide__ = True
        self.lost = reason
        self._channel.close()
        self.misuse(reason)
