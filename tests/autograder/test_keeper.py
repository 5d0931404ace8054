"""Forks in new namespaces, and what ends them: each in a process of its own, since this one has threads."""

from __future__ import annotations

import subprocess
import sys

import patience
import pytest
from sandboxes import needs_forking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the calls are Linux'")

FORKS = """
import json, os, platform, sys, threading
from autograder.sandbox.inside import syscalls

ran = []
os.register_at_fork(before=lambda: ran.append("before"), after_in_parent=lambda: ran.append("parent"),
                    after_in_child=lambda: ran.append("child"))

def computes():
    done = []
    thread = threading.Thread(target=lambda: done.append(json.loads("[1]")))
    thread.start()
    thread.join()
    return done == [[1]]

def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


def ran(program: str) -> str:
    """Run a program; return what it printed, its exceptions, too."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore::ResourceWarning", "-c", program],
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "kinds", ["CLONE_NEWUSER | {0}CLONE_NEWPID", "CLONE_NEWUSER | {0}CLONE_NEWPID | {0}CLONE_NEWNS"]
)
def test_a_fork_is_the_first_process_in_there_and_works_as_any_other(kinds):
    needs_forking()
    flags = "syscalls." + kinds.format("syscalls.")
    program = f"""
for _ in range(20):
    child = syscalls.fork({flags})
    if child == 0:
        inner = os.fork()
        if inner == 0:
            os._exit(40 + computes())
        os._exit(10 * (os.getpid() == 1) + ended(inner) + ran.count("child"))
    assert ended(child) == 10 + 41 + 1
    assert ran[-2:] == ["before", "parent"] and computes()
print("done")
"""
    assert ran(FORKS + program) == "done\n"


def test_a_fork_that_is_refused_costs_nothing():
    program = """
CLONE_FS = 0x200  # its file system cannot be shared with a process in another mount namespace
for _ in range(3):
    try:
        syscalls.fork(CLONE_FS | syscalls.CLONE_NEWNS)
    except OSError as error:
        print(error)
assert ran[-2:] == ["before", "parent"] and computes()
platform.machine = lambda: "pdp11"
syscalls.fork(0)
"""
    said = ran(FORKS + program)
    assert said.splitlines()[:3] == ["[Errno 22] clone: Invalid argument"] * 3
    assert "OSError: [Errno 38] the number of the call clone is known of x86_64 and aarch64 only" in said


KEEPS = """
import os, signal, socket, sys, time
from autograder.sandbox.inside.keeper import Keeper

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
keeper = Keeper()

def child(seconds):
    here, there = socket.socketpair()
    made = os.fork()
    if made == 0:
        os.closerange(3, 256)  # the ends of the other lines
        time.sleep(seconds)
        os._exit(0)
    keeper.keep(there.detach(), made)
    return here, made

def handle():
    for descriptor, _ in keeper.poll.poll():
        keeper.handle(descriptor)

def lives(process):
    return os.path.exists(f"/proc/{process}")
"""


def test_a_child_ends_with_its_lifeline_and_no_other_does():
    program = """
lines = [child(1000) for _ in range(5)]
third, process = lines.pop(2)
third.shutdown(socket.SHUT_WR)
while len(keeper) > 8:
    handle()
assert third.recv(1) == b"" and not lives(process)
third.close()
assert all(lives(one) for _, one in lines)
again = child(1000)  # it gets the numbers of the descriptors that were just closed
lines[0][0].close()
while len(keeper) > 8:
    handle()
assert not lives(lines[0][1]) and lives(again[1])
for line, _ in (*lines[1:], again):
    line.close()
while keeper:
    handle()
print(len(os.listdir("/proc/self/fd")))
"""
    nothing = ran(KEEPS + "print(len(os.listdir('/proc/self/fd')))")
    assert ran(KEEPS + program) == nothing


def test_the_line_of_a_child_that_ends_by_itself_ends_too():
    program = """
line, process = child(0)
while keeper:
    handle()
assert line.recv(1) == b"" and not lives(process)
gone = os.fork()
if gone == 0:
    os._exit(0)
while lives(gone):
    time.sleep(0.01)
here, there = socket.socketpair()
keeper.keep(there.detach(), gone)
assert not keeper and here.recv(1) == b""
print("done")
"""
    assert ran(KEEPS + program) == "done\n"
