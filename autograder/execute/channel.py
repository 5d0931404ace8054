"""Whole frames over a socket, with deadlines and caps, and nothing else."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from autograder.execute import codec

CHUNK = 1 << 20


class ClosedError(ConnectionError):
    """The other side has gone."""


class LateError(TimeoutError):
    """The deadline passed before a whole frame had arrived or left."""


class Channel:
    """One end of the connection between the tester and the student.

    Parameters
    ----------
    connection : socket.socket
        A connected stream socket.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._socket = connection

    def send(self, frame: bytes, deadline: float = float("inf")) -> None:
        """Send a frame.

        Parameters
        ----------
        frame : bytes
            What `codec.encode` made.
        deadline : float
            When to give up, on `time.monotonic`'s clock.

        Raises
        ------
        ClosedError, LateError
        """
        rest = memoryview(frame)
        while rest:
            self._wait(self._writable, deadline)
            try:
                rest = rest[self._socket.send(rest[:CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise ClosedError(str(error)) from error

    def receive(self, deadline: float = float("inf")) -> bytearray:
        """Receive one frame, as bytes for `codec.decode`.

        Memory is taken as bytes arrive, never because a header announces them.

        Raises
        ------
        ClosedError, LateError
        codec.CodecError
            If the header announces more than a frame may hold.
        """
        frame = bytearray()
        self._fill(frame, codec.HEADER.size, deadline)
        structure, count = codec.body_length(bytes(frame))
        start = len(frame)
        self._fill(frame, start + count * codec.LENGTH.size, deadline)
        size = len(frame) + structure + codec.buffers_length(bytes(frame[start:]))
        self._fill(frame, size, deadline)
        return frame

    def close(self) -> None:
        """Close this end; the other side sees it."""
        self._socket.close()

    def _fill(self, frame: bytearray, size: int, deadline: float) -> None:
        while len(frame) < size:
            self._wait(self._readable, deadline)
            try:
                chunk = self._socket.recv(min(size - len(frame), CHUNK))
            except BlockingIOError:
                continue
            except OSError as error:
                raise ClosedError(str(error)) from error
            if not chunk:
                raise ClosedError("the other side has closed the connection")
            frame += chunk

    def _wait(self, ready: Callable[[float | None], bool], deadline: float) -> None:
        seconds = None if deadline == float("inf") else deadline - time.monotonic()
        if (seconds is not None and seconds <= 0) or not ready(seconds):
            raise LateError

    def _readable(self, seconds: float | None) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])

    def _writable(self, seconds: float | None) -> bool:
        return bool(select.select([], [self._socket], [], seconds)[1])
