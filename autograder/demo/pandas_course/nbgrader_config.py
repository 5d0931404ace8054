"""A course on pandas, with one assignment: `autograder demo pandas` plays it with a made-up class."""

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "pandas"

# A submission that lost a grade cell gets it back; nbgrader leaves it out unless told so.
c.OverwriteCells.add_missing_cells = True

# What students put into their notebooks must not run in the browser of whoever reads it in formgrader.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"markdown2html": "autograder.safe_html.markdown2html"}

# The feedback that formgrader's button writes is the autograder's, without the hidden tests.
c.GenerateFeedback.exporter_class = "autograder.results.exporter.FeedbackExporter"

# Formgrader shows the rubric beside each answer, and notes who gave the points.
c.HTMLExporter.preprocessors = ["autograder.graders.formgrader.ForGraders"]

# What comes in late is worth nothing.
c.LateSubmissionPlugin.penalty_method = "zero"
