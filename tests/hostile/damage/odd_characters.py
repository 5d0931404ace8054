"""Cells hold null bytes, control characters and text that runs from right to left.

score: 30
status: graded
"""


def hand_in(notebook, path):
    for cell in notebook["cells"]:
        if cell["id"] == "energy":
            cell["source"] += "\n# \x00\x1b[2J\u202e\ufeff\u2028"
        if cell["cell_type"] == "markdown":
            cell["source"] = "# \x00\x07\u202e<script>alert(1)</script>"
    return json.dumps(notebook).encode()
