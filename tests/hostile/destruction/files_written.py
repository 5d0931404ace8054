"""Files are written into every folder of the system that comes to mind.

score: 31
status: graded
leaves as root without bubblewrap: yes
leaves as user without bubblewrap: yes
why without bubblewrap: a process may write where its user may
"""

# %% own
import os
import site
import sys

places = [
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/etc",
    "/run",
    "/home",
    "/root",
    "/usr/local/bin",
    "__WORK__",
    "__BAIT__",
]
places += ["__COURSE__", "__COURSE__/submitted", sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)]
places += [*site.getsitepackages(), os.path.dirname(np.__file__), os.getcwd(), "/proc/1/root/tmp", "/proc/1/cwd"]
for place in places:
    try:
        with open(os.path.join(place, "__MARK__written.txt"), "w") as file:
            file.write("here")
    except OSError:
        pass
