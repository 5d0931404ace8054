"""Two answer cells were deleted, the other answers are right.

score: 25
status: graded
"""


def hand_in(notebook, path):
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ("center", "sample_mean")]
    return json.dumps(notebook).encode()
