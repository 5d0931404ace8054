"""Messages, answers and headings hold markup, which the feedback page would show to somebody as its own.

score: 30
status: graded
secret: <b>markup
"""


def hand_in(notebook, path):
    for cell in notebook["cells"]:
        if cell["id"] == "energy":
            cell["source"] = "def energy(x):\n    raise ValueError('<b>markup {{ 7 * 7 }}')  # <b>markup </script>"
        elif cell["cell_type"] == "markdown":
            cell["source"] += " <b>markup"
    return json.dumps(notebook).encode()
