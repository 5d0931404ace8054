"""The JSON is a list in a list in a list, a hundred thousand times.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    return b"[" * 100_000 + b"]" * 100_000
