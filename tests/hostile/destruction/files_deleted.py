"""Files of others are removed, emptied, renamed, and their permissions changed.

score: 31
status: graded
runs as user without bubblewrap: no
why as user without bubblewrap: they are files of the same user, and would be gone
"""

# %% own
import os
import shutil

for act in (
    lambda: shutil.rmtree("__BAIT__"),
    lambda: shutil.rmtree("__COURSE__/submitted"),
    lambda: os.truncate("__BAIT__/folder/precious.txt", 0),
    lambda: os.rename("__BAIT__/folder", "__BAIT__/__MARK__"),
    lambda: os.chmod("__BAIT__/folder", 0),
    lambda: os.remove("/proc/1/root__BAIT__/folder/precious.txt"),
    lambda: os.utime("__BAIT__/folder/precious.txt", (0, 0)),
):
    try:
        act()
    except OSError as error:
        print(error)
