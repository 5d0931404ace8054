"""A cell reports that it was stopped, for a reason of a million characters with commands to a terminal in it.

score: 31
status: partly_graded
"""

# %% own
import sys

student = sys.modules["autograder.execute.student"]
honest = student.as_data
reason = (
    "x;=cmd|' /C calc'!A0;y" + chr(27) + "]52;c;ZWNobw==" + chr(27) + chr(92) + chr(0x202E) + "<b>" + "y" * 1_000_000
)
error = {"ename": "CellStopped", "evalue": reason, "traceback": [], "frames": [], "notes": []}
student.as_data = lambda outcome: {**honest(outcome), "status": "stopped", "error": error}
