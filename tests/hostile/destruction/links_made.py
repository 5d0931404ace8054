"""Symbolic and hard links are laid from the own folder to files of others, and written through.

score: 31
status: graded
runs as user without bubblewrap: no
why as user without bubblewrap: they are files of the same user, and would be overwritten
"""

# %% own
import os

targets = ["__BAIT__/folder/precious.txt", "__COURSE__/gradebook.db", "__COURSE__/nbgrader_config.py"]
for number, target in enumerate(targets):
    for make in (os.symlink, os.link):
        name = f"{make.__name__}{number}"
        try:
            make(target, name)
            with open(name, "a") as file:
                file.write("__MARK__")
        except OSError as error:
            print(error)
