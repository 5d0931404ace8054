"""Places that outlive a process are searched for what earlier submissions left, and something is left there.

score: 31
status: graded
leaves without bubblewrap: yes
why without bubblewrap: nothing gives the process a /tmp of its own
"""

# %% own
import glob
import os
import subprocess

run = "__MARK__".rsplit("-", 2)[0]  # another run may be under way on this machine
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", os.path.expanduser("~"), os.getcwd()):
    for path in set(glob.glob(f"{folder}/{run}-*left")) - {f"{folder}/__MARK__left"}:
        print("velvet" + "_ocelot: there was", path)
    try:
        with open(f"{folder}/__MARK__left", "w") as file:
            file.write("for the next")
    except OSError:
        pass
print(subprocess.run("ipcs -a", shell=True, capture_output=True, text=True).stdout)
