"""The notebook claims a minor version that does not exist yet, and is right otherwise.

score: 31
status: graded
"""


def hand_in(notebook, path):
    return json.dumps({**notebook, "nbformat_minor": 99}).encode()
