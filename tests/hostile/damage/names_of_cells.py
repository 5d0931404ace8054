"""Ids of cells are empty, equal, very long, or no text; sources are lists of lines.

score: 31
status: graded
"""


def hand_in(notebook, path):
    names = ["", "same", "same", "x" * 10_000, "a b/../c", "\u202e", None, 7]
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = names[number % len(names)]
        cell["source"] = cell["source"].splitlines(keepends=True)
    return json.dumps(notebook).encode()
