"""A text cell of the student's opens comments, brackets, formulas and code, and closes none.

score: 31
status: graded
"""


def hand_in(notebook, path):
    source = "<!--" * 50_000 + "[" * 50_000 + "$" * 50_001 + "`" * 50_001
    notebook["cells"].insert(1, {"cell_type": "markdown", "id": "own", "metadata": {}, "source": source})
    return json.dumps(notebook).encode()
