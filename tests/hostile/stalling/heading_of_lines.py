"""A text cell of the student's is half a million headings without a text.

score: 31
status: graded
"""


def hand_in(notebook, path):
    source = "# \n" * 500_000
    notebook["cells"].insert(1, {"cell_type": "markdown", "id": "own", "metadata": {}, "source": source})
    return json.dumps(notebook).encode()
