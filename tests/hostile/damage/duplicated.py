"""Every cell stands there twice.

score: 31
status: graded
"""


def hand_in(notebook, path):
    notebook["cells"] = [twin for cell in notebook["cells"] for twin in (cell, cell)]
    return json.dumps(notebook).encode()
