"""Symbolic and hard links are laid from the own folder to files of others, and written through.

score: 31
status: graded
runs without bubblewrap: no
why without bubblewrap: they are files of the same user, and would be overwritten
"""

# %% own
import os

targets = ["__BAIT__/folder/precious.txt", "__COURSE__/gradebook.db", "/etc/passwd", np.__file__]
for number, target in enumerate(targets):
    for make in (os.symlink, os.link):
        name = f"{make.__name__}{number}"
        try:
            make(target, name)
            with open(name, "a") as file:
                file.write("__MARK__")
        except OSError as error:
            print(error)
