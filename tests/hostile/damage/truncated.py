"""The file ends in the middle.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    return json.dumps(notebook).encode()[:1000]
