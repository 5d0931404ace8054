"""The file is in another encoding.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    return json.dumps(notebook).encode("utf-16")
