"""Eight cells each show as much as a cell may; together it is more than a notebook may.

score: 31
status: graded
"""


def hand_in(notebook, path):
    source = 'from IPython.display import HTML, display\nfor letter in "abcd": display(HTML(letter * 1_900_000))'
    for number in range(8):
        cell = {"cell_type": "code", "id": f"big{number}", "metadata": {}, "source": source, "outputs": []}
        notebook["cells"].insert(2, {**cell, "execution_count": None})
    return json.dumps(notebook).encode()
