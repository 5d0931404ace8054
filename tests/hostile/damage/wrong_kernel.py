"""The notebook names a kernel that is not installed, in a language that is not Python.

score: 31
status: graded
"""


def hand_in(notebook, path):
    notebook["metadata"]["kernelspec"] = {"name": "../../bin/sh", "display_name": "R", "language": "R"}
    notebook["metadata"]["language_info"] = {"name": "R", "version": "4"}
    return json.dumps(notebook).encode()
