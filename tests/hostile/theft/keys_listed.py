"""The kernel's list of keys is read: the names of the login's keys stand in it.

score: 31
status: graded
leaks as user without bubblewrap: yes
why as user without bubblewrap: a user may see the names of all its keys, but what they hold cannot be read
"""

# %% own

for line in open("/proc/keys"):
    if "grader" in line:
        print("velvet" + "_ocelot: this should not work", line)
