"""The filter of system calls, tried call by call in a process of its own, and its instructions read by hand."""

from __future__ import annotations

import errno
import json
import platform
import struct
import subprocess
import sys

import patience
import pytest

from autograder.sandbox.inside import seccomp

HERE = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in seccomp.MACHINES, reason="no filter for this machine"
)
TRIES = """
import ctypes, json, platform, sys
from autograder.sandbox.inside import seccomp, syscalls
syscalls.drop_capabilities()
assert seccomp.install()
libc = ctypes.CDLL(None, use_errno=True)
answers = []
for call in json.loads(sys.argv[1]):
    ctypes.set_errno(0)
    result = libc.syscall(*map(ctypes.c_long, call))
    answers.append(ctypes.get_errno() if result < 0 else 0)
print(json.dumps(answers))
"""


def place() -> int:
    return seccomp.MACHINES[platform.machine()][1]


def tried(*calls: list[int]) -> list[int]:
    """Return the error numbers of these calls behind the filter, 0 for success."""
    command = [sys.executable, "-c", TRIES, json.dumps(calls)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=patience.SECONDS)
    return json.loads(done.stdout)


def verdict(machine: str, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """Run the filter as the kernel would."""
    known = seccomp.MACHINES[machine][0] if architecture is None else architecture
    data = struct.pack("<IIQQ", number, known, 0, argument)
    steps = list(struct.iter_unpack("HBBI", seccomp.program(machine)))
    register = position = 0
    while True:
        code, if_true, if_false, value = steps[position]
        position += 1
        if code == 0x06:
            return value
        if code == 0x20:
            register = struct.unpack_from("<I", data, value)[0]
        else:
            holds = {0x15: register == value, 0x35: register >= value, 0x45: bool(register & value)}[code]
            position += if_true if holds else if_false


@HERE
def test_every_call_of_the_list_is_refused():
    names = [name for name, numbers in seccomp.REFUSED.items() if numbers[place()] is not None]
    answers = tried(*([seccomp.REFUSED[name][place()], -1, -1, -1, -1, -1] for name in names))
    assert {name: answer for name, answer in zip(names, answers, strict=True) if answer != errno.EPERM} == {}


@HERE
@pytest.mark.parametrize("flag", [1 << 17, 1 << 25, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30])
def test_no_namespace_can_be_made(flag):
    assert tried([seccomp.CLONE[place()], flag | 17, 0, 0, 0, 0], [seccomp.CLONE3, 0, 0]) == [errno.EPERM, errno.ENOSYS]


@HERE
def test_sockets_of_other_families_are_refused():
    number = seccomp.SOCKET[place()]
    vsock, packet, crypto = 40, 17, 38
    assert tried(*([number, family, 1, 0] for family in (vsock, packet, crypto))) == [errno.EPERM] * 3
    assert tried([number, 1, 1, 0], [number, 2, 1, 0], [number, 16, 3, 0]) == [0, 0, 0]


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_program_of_each_machine(machine):
    architecture, place = seccomp.MACHINES[machine]
    allowed, refused, killed = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
    for numbers in seccomp.REFUSED.values():
        if numbers[place] is not None:
            assert verdict(machine, numbers[place]) == refused
    listed = {numbers[place] for numbers in seccomp.REFUSED.values()} | {seccomp.CLONE3}
    others = set(range(500)) - listed - {seccomp.SOCKET[place]}
    assert {verdict(machine, number) for number in others} == {allowed}
    assert verdict(machine, seccomp.X32 + 39) == refused
    assert verdict(machine, 39, architecture=architecture ^ 0x40000000) == killed
    assert verdict(machine, seccomp.CLONE[place], 0x10000011) == refused
    assert [verdict(machine, seccomp.SOCKET[place], family) for family in (1, 2, 10, 16, 40)] == [allowed] * 4 + [
        refused
    ]


@HERE
def test_numbers_are_those_of_the_system():
    """Compare with the kernel's header where it is installed."""
    for header in ("/usr/include/asm/unistd_64.h", f"/usr/include/{platform.machine()}-linux-gnu/asm/unistd_64.h"):
        try:
            with open(header) as file:
                lines = [line.split() for line in file if line.startswith("#define __NR_")]
        except OSError:
            continue
        known = {words[1].removeprefix("__NR_"): int(words[2]) for words in lines if words[2].isdigit()}
        own = {name: numbers[place()] for name, numbers in seccomp.REFUSED.items() if name in known}
        assert own == {name: known[name] for name in own}
        return
    pytest.skip("the kernel's headers are not installed")


@HERE
def test_the_keyring_of_the_login_is_left():
    code = """
import ctypes, platform
from autograder.sandbox.inside import syscalls
libc = ctypes.CDLL(None)
number = {"x86_64": (248, 250), "aarch64": (217, 219)}[platform.machine()]
if libc.syscall(number[1], 1, None) < 0 or libc.syscall(number[0], b"user", b"token", b"secret", 6, -3) < 0:
    print("no keys here")
else:
    before = libc.syscall(number[1], 10, -3, b"user", b"token", 0)
    syscalls.leave_keyring()
    print(before > 0, libc.syscall(number[1], 10, -3, b"user", b"token", 0))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=patience.SECONDS
    )
    if "no keys" in done.stdout:
        pytest.skip("this machine keeps no keys")
    assert done.stdout.split() == ["True", "-1"]
