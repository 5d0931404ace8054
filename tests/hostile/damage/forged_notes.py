"""A cell reports an error with thousands of notes, lines and places; what is too much is cut.

score: 31
status: graded
"""

# %% own
import sys

student = sys.modules["autograder.execute.student"]
honest = student.as_data
frames = [{"key": 0, "line": 1, "function": "f" * 500}] * 2000
error = {
    "ename": "E" * 5000,
    "evalue": "v" * 50_000,
    "traceback": ["t"] * 9000,
    "frames": frames,
    "notes": ["n" * 50] * 5000,
}
student.as_data = lambda outcome: {**honest(outcome), "status": "error", "error": error}
