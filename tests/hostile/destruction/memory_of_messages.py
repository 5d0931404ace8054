"""Queues of messages and sets of semaphores are made as long as there are any, and filled.

score: 31
status: graded
"""

# %% own
import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
second = platform.machine() == "aarch64"


def call(numbers, *arguments):
    return libc.syscall(ctypes.c_long(numbers[second]), *arguments)


text = (ctypes.c_char * 8200)()
text[0] = 1
for number in range(2000):
    queue = libc.msgget(0, 0o1600)
    if queue < 0:
        break
    print("velvet" + "_ocelot: this should not work", queue)
    libc.msgsnd(queue, text, ctypes.c_size_t(8000), 0o4000)
    libc.msgctl(queue, 0, None)
if libc.semget(0, 1000, 0o1600) >= 0:
    print("velvet" + "_ocelot: this should not work", "semget")
