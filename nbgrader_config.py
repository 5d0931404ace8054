"""Where this course keeps things, for nbgrader and the autograder alike."""

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "mlp"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"

# A submission that lost a grade cell gets it back; nbgrader leaves it out unless told so.
c.OverwriteCells.add_missing_cells = True

# What a student's process may import besides the installed packages.
c.Autograder.packages = ["mlpkit"]
