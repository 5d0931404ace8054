"""The shell is told to be another student, another assignment, another run.

score: 0
status: graded
others: wrong
"""


def hand_in(notebook, path):
    about = {"student": "ada", "assignment": "other", "notebook": "other", "db_url": "sqlite:////tmp/other.db"}
    notebook["metadata"]["nbgrader"] = about
    for cell in notebook["cells"]:
        cell["metadata"].setdefault("nbgrader", {}).update(about)
        cell["metadata"]["nbgrader"].setdefault("grade_id", cell["id"])
    return json.dumps(notebook).encode()
