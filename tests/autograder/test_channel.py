"""Frames over a socket, however they arrive."""

from __future__ import annotations

import socket
import threading

import numpy as np
import pytest

from autograder.execute import codec
from autograder.execute.channel import Channel, ClosedError, LateError


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, Channel(other)


@pytest.mark.parametrize("pieces", [1, 3, 7, 1000])
def test_frames_that_arrive_in_pieces_or_together_are_received_one_by_one(ends, pieces):
    writer, channel = ends
    values = [[1, "a"], {"b": 2.5}, "", list(range(50))]
    together = b"".join(codec.encode(value) for value in values)
    size = -(-len(together) // pieces)  # rounded up
    for start in range(0, len(together), size):
        writer.sendall(together[start : start + size])
    assert [codec.decode(channel.receive()) for _ in values] == values
    with pytest.raises(LateError):
        channel.receive(deadline=0.0)


def test_arrays_larger_than_the_sockets_room_go_both_ways(ends):
    writer, channel = ends
    sent = np.arange(500_000.0)
    with writer.dup() as copied:
        other = Channel(copied)
        sender = threading.Thread(target=lambda: other.send(codec.encode([sent, "end"])))
        sender.start()
        received, end = codec.decode(channel.receive())
        sender.join()
    assert (np.array_equal(received, sent), end) == (True, "end")


def test_a_frame_is_given_up_where_nobody_reads_it(ends):
    with pytest.raises(LateError):
        ends[1].send(codec.encode(np.zeros(10**6)), deadline=0.0)


def test_half_a_frame_and_the_end_is_no_frame(ends):
    writer, channel = ends
    writer.sendall(codec.encode([1, 2, 3])[:-1])
    writer.close()
    with pytest.raises(ClosedError):
        channel.receive()


def test_a_header_that_announces_too_much_is_refused_before_memory_is_taken(ends):
    writer, channel = ends
    writer.sendall(codec.HEADER.pack(codec.STRUCTURE_BYTES + 1, 0))
    with pytest.raises(codec.CodecError, match="larger than frames may be"):
        channel.receive()
