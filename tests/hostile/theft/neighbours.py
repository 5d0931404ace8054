"""Other students' submissions are looked for in every folder that might hold them.

score: 31
status: graded
leaks without bubblewrap: yes
why without bubblewrap: nothing hides the course folder from a process of the same user
"""

# %% own
import glob
import os

places = [
    os.getcwd(),
    os.path.expanduser("~"),
    "__COURSE__",
    "/course",
    "/proc/1/root__COURSE__",
    "/proc/1/cwd",
    "/tmp",
]
for place in places:
    for level in ("", "/..", "/../..", "/../../.."):
        for path in glob.glob(place + level + "/submitted/*/*/*.ipynb")[:200]:
            with open(path) as file:
                print(path, file.read()[-2_000:])
        for folder in ("autograded", "feedback", ".autograder"):
            print(glob.glob(place + level + f"/{folder}/**", recursive=True)[:100])
