"""The file holds the marks of a merge that nobody finished.

score: 0
status: not_gradable
"""


def hand_in(notebook, path):
    text = json.dumps(notebook, indent=1)
    return (text[:500] + "\n<<<<<<< HEAD\n=======\n>>>>>>> mine\n" + text[500:]).encode()
