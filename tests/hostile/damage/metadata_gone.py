"""Another program has saved the notebook without any metadata.

score: 31
status: graded
"""


def hand_in(notebook, path):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    notebook["metadata"] = {}
    return json.dumps(notebook).encode()
