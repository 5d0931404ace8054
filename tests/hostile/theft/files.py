"""Every notebook, database and JSON file that can be reached is read.

score: 31
status: graded
leaks without bubblewrap: yes
why without bubblewrap: nothing hides the course folder from a process of the same user
"""

# %% own
import os
import time

found = []
enough = time.monotonic() + 1  # a disk may hold more than can be read before the cell's deadline
here = [
    "__WORK__",
    "__COURSE__",
    os.getcwd(),
    "/home",
    "/root",
    "/tmp",
    "/var/tmp",
    "/mnt",
    "/srv",
    "/opt",
    "/proc/self/root",
]
for place in here:
    for folder, folders, files in os.walk(place):
        folders[:] = folders[:20] if folder.count("/") < 9 else []
        if time.monotonic() > enough:
            break
        for name in files[:50]:
            if name.endswith((".ipynb", ".db", ".json", ".jsonl", ".txt", "_config.py")) and "font" not in name:
                try:
                    with open(os.path.join(folder, name), "rb") as file:
                        found.append(file.read(20_000))
                except OSError:
                    pass
text = b"".join(found).decode(errors="replace")
for word in ("HIDDEN TESTS", "crimson_heron", "velvet_ocelot", "mulberry_stoat"):
    print(
        word if len(word) < 8 else text[max(0, text.find(word) - 200) : text.find(word) + 200] if word in text else ""
    )
print(text[:20_000])
raise RuntimeError(text[:5_000])
