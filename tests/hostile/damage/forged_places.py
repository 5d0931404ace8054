"""A cell reports an error at a line that is a text; the cell is left out, and the rest is graded.

score: 31
status: partly_graded
"""

# %% own
import sys

student = sys.modules["autograder.execute.student"]
honest = student.as_data
student.as_data = lambda outcome: {
    **honest(outcome),
    "error": {"ename": "E", "evalue": "", "traceback": [], "frames": [{"key": 0, "line": "x", "function": "f"}]},
}
