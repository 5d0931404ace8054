"""Cells in other languages and with magics that do not exist stand between right answers.

score: 31
status: graded
"""


def hand_in(notebook, path):
    sources = [
        "%%javascript\nalert(1)",
        "%%bash\nexit 3",
        "%no_such",
        "!exit 1",
        "?np.mean",
        "   indented",
        "%%",
        "x =",
    ]
    for number, source in enumerate(sources):
        cell = {"cell_type": "code", "id": f"own{number}", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].insert(1, {**cell, "source": source})
    return json.dumps(notebook).encode()
