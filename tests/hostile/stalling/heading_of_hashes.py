"""A text cell of the student's is a heading with a million hashes and spaces in it.

score: 31
status: graded
"""


def hand_in(notebook, path):
    source = "# a" + " #" * 500_000 + "b"
    notebook["cells"].insert(1, {"cell_type": "markdown", "id": "own", "metadata": {}, "source": source})
    return json.dumps(notebook).encode()
