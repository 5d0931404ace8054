"""The file has no content.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    return b""
