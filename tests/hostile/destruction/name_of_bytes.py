"""A file beside the notebook has a name that is no UTF-8.

score: 31
status: graded
"""


def hand_in(notebook, path):
    (path.parent / "m\udcfcller\udcff.txt").write_text("")
    return json.dumps(notebook).encode()
