"""The submitted file brings a quarter of a million outputs along.

score: 31
status: graded
"""


def hand_in(notebook, path):
    output = {"output_type": "stream", "name": "stdout", "text": "x"}
    for cell in notebook["cells"]:
        if cell["id"] == "setup":
            cell["outputs"] = [output] * 250_000
    return json.dumps(notebook).encode()
