"""Environments are printed: its own, its parents', and what the shell makes of it.

score: 31
status: graded
leaks as user without bubblewrap: yes
leaks as root without bubblewrap: yes
why without bubblewrap: the environment of a process of the same user can be read under /proc
"""

# %% own
import os
import subprocess

print(dict(os.environ))
process = os.getpid()
while process > 1:
    try:
        with open(f"/proc/{process}/environ", "rb") as file:
            print(file.read())
        with open(f"/proc/{process}/stat") as file:
            process = int(file.read().rpartition(")")[2].split()[1])
    except OSError as error:
        print(error)
        break
for command in ("env", "set", "cat /proc/1/environ", "ps axeww"):
    print(subprocess.run(command, shell=True, capture_output=True, text=True, errors="replace").stdout)
