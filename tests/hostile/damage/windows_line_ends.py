"""Lines end as on Windows, in the file and in the cells.

score: 31
status: graded
"""


def hand_in(notebook, path):
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    return json.dumps(notebook, indent=1).encode().replace(b"\n", b"\r\n")
