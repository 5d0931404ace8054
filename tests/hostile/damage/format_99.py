"""The notebook claims a format that does not exist yet.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    return json.dumps({**notebook, "nbformat": 99}).encode()
