"""A cell holds half a character.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    notebook["cells"][0]["source"] = "\ud83d"
    return json.dumps(notebook).encode()
