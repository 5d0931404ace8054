"""The notebook is right, but its metadata are five hundred objects in one another.

score: 31
status: graded
"""


def hand_in(notebook, path):
    nested = {}
    for _ in range(500):
        nested = {"in": nested}
    notebook["metadata"]["nested"] = nested
    notebook["cells"][3]["metadata"]["nested"] = nested
    return json.dumps(notebook).encode()
