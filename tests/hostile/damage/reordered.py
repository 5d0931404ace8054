"""All cells stand in reverse order.

score: 31
status: graded
"""


def hand_in(notebook, path):
    notebook["cells"].reverse()
    return json.dumps(notebook).encode()
