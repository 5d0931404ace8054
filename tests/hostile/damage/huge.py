"""The file is larger than a notebook may be.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    return json.dumps(notebook).encode() + b" " * 21_000_000
