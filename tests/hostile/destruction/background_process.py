"""Processes are left running in the background, in sessions of their own.

score: 31
status: graded
leaves without bubblewrap: yes
why without bubblewrap: a process in a session of its own is not found again there
"""

# %% own
import os
import subprocess
import sys

subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
os.system("nohup setsid sleep 61 >/dev/null 2>&1 &")
get_ipython().system("sleep 62 &")
