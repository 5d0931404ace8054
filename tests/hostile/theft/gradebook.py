"""The gradebook is opened as a database, read, and given better grades.

score: 31
status: graded
runs as user without bubblewrap: no
leaks as root without bubblewrap: yes
why as root without bubblewrap: the worker is another user, who may read what anybody may, and not write
why as user without bubblewrap: it is a file of the same user, and the grades of the whole run would be gone
"""

# %% own
import glob
import sqlite3

for path in ["__COURSE__/gradebook.db", *glob.glob("/**/gradebook.db"), "gradebook.db", "../gradebook.db"]:
    try:
        database = sqlite3.connect(f"file:{path}?mode=rw", uri=True)
        for table in ("source_cell", "grade", "student"):
            print(database.execute(f"select * from {table}").fetchall())
        database.execute("update grade set auto_score = 100, manual_score = 100")
        database.commit()
    except sqlite3.Error as error:
        print(error)
