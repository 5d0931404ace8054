"""The notebook is right, and one cell of the student's own has a line of ten million characters.

score: 31
status: graded
"""


def hand_in(notebook, path):
    cell = {"cell_type": "code", "id": "long", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"].append({**cell, "source": "x = '" + "a" * 10_000_000 + "'"})
    return json.dumps(notebook).encode()
