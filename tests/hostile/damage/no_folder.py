"""A file lies where the folder should be.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    path.parent.rmdir()
    path.parent.write_text("fortress")
