"""The notebook does not say what format it has.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    del notebook["nbformat"]
    return json.dumps(notebook).encode()
