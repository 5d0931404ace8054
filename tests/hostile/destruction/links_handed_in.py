"""The submission is a symbolic link to somebody else's notebook.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    other = path.parent / "elsewhere.txt"
    other.write_text(json.dumps(notebook))
    path.symlink_to(other)
