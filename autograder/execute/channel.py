"""Whole frames over a socket, with deadlines and caps, and nothing else."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from autograder.execute import codec

CHUNK = 1 << 16


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
        self._received = bytearray()

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
            try:
                rest = rest[self._socket.send(rest[:CHUNK]) :]
            except BlockingIOError:
                self._wait(self._writable, deadline)
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
        header = codec.HEADER.size
        self._fill(header, deadline)
        structure, count = codec.body_length(bytes(self._received[:header]))
        lengths = header + count * codec.LENGTH.size
        self._fill(lengths, deadline)
        size = lengths + structure + codec.buffers_length(bytes(self._received[header:lengths]))
        self._fill(size, deadline)
        frame = self._received
        self._received = frame[size:]
        del frame[size:]
        return frame

    def close(self) -> None:
        """Close this end; the other side sees it."""
        self._socket.close()

    def _fill(self, size: int, deadline: float) -> None:
        """Wait until so many bytes have arrived, of which more may come at once."""
        while len(self._received) < size:
            self._wait(self._readable, deadline)
            try:
                chunk = self._socket.recv(CHUNK)
            except BlockingIOError:
                continue
            except OSError as error:
                raise ClosedError(str(error)) from error
            if not chunk:
                raise ClosedError("the other side has closed the connection")
            self._received += chunk

    def _wait(self, ready: Callable[[float | None], bool], deadline: float) -> None:
        seconds = None if deadline == float("inf") else deadline - time.monotonic()
        if (seconds is not None and seconds <= 0) or not ready(seconds):
            raise LateError

    def _readable(self, seconds: float | None) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])

    def _writable(self, seconds: float | None) -> bool:
        return bool(select.select([], [self._socket], [], seconds)[1])
