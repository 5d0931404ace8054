"""Where this course keeps things, for nbgrader and the autograder alike."""

import pathlib
import tomllib

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "mlp"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"

# A submission that lost a grade cell gets it back; nbgrader leaves it out unless told so.
c.OverwriteCells.add_missing_cells = True

# What students put into their notebooks must not run in the browser of whoever reads it in formgrader.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"markdown2html": "autograder.safe_html.markdown2html"}

# The feedback that formgrader's button writes is the autograder's, without the hidden tests.
c.GenerateFeedback.exporter_class = "autograder.results.exporter.FeedbackExporter"

# Formgrader shows the rubric beside each answer, and notes who gave the points.
c.HTMLExporter.preprocessors = ["autograder.graders.formgrader.ForGraders"]

# Where the course is published, for the cell that installs the library where it is missing: one setting, the
# repository in pyproject.toml, which `make address` changes.
project = pathlib.Path(__file__).with_name("pyproject.toml")
if project.exists():
    address = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
    if not address.endswith("/owner/name"):
        c.Autograder.repository = address

# A chapter is released only if there is nothing to warn of.
c.Autograder.strict = True

# What a student's process may import besides the installed packages.
c.Autograder.packages = ["mlpkit"]

# What students write beside a notebook when they put their answers together (mlpkit.own) is never handed out.
c.Autograder.withheld_files = ["my_mlp.py"]

# What holds the answers of a chapter: students' code cannot import it while that chapter is graded.
c.Autograder.masked = {
    "00_numpy": ["mlpkit.datasets", "mlpkit.losses", "mlpkit.minibatches"],
    "01_neuron": [
        "mlpkit.activations",
        "mlpkit.estimators",
        "mlpkit.layers",
        "mlpkit.losses",
        "mlpkit.network",
        "mlpkit.stack",
    ],
    "02_gradient_descent": [
        "mlpkit.callbacks",
        "mlpkit.datasets",
        "mlpkit.estimators",
        "mlpkit.gradcheck",
        "mlpkit.losses",
        "mlpkit.minibatches",
        "mlpkit.network",
        "mlpkit.optimizers",
        "mlpkit.own",
        "mlpkit.stack",
        "mlpkit.training",
    ],
    "03_backprop": [
        "mlpkit.estimators",
        "mlpkit.gradcheck",
        "mlpkit.graph",
        "mlpkit.layers",
        "mlpkit.losses",
        "mlpkit.network",
        "mlpkit.optimizers",
        "mlpkit.own",
        "mlpkit.stack",
        "mlpkit.training",
    ],
    "04_classification": [
        "mlpkit.activations",
        "mlpkit.datasets",
        "mlpkit.estimators",
        "mlpkit.layers",
        "mlpkit.losses",
        "mlpkit.metrics",
        "mlpkit.minibatches",
        "mlpkit.network",
        "mlpkit.own",
        "mlpkit.stack",
        "mlpkit.training",
    ],
    "05_design": [
        "mlpkit.activations",
        "mlpkit.datasets",
        "mlpkit.estimators",
        "mlpkit.initializers",
        "mlpkit.layers",
        "mlpkit.losses",
        "mlpkit.minibatches",
        "mlpkit.network",
        "mlpkit.own",
        "mlpkit.stack",
        "mlpkit.training",
    ],
    "06_training": [
        "mlpkit.callbacks",
        "mlpkit.clipping",
        "mlpkit.datasets",
        "mlpkit.estimators",
        "mlpkit.layers",
        "mlpkit.losses",
        "mlpkit.minibatches",
        "mlpkit.network",
        "mlpkit.optimizers",
        "mlpkit.own",
        "mlpkit.regularizers",
        "mlpkit.schedules",
        "mlpkit.stack",
        "mlpkit.training",
    ],
    "07_project": ["mlpkit.pictures"],
    "08_today": [
        "mlpkit.activations",
        "mlpkit.estimators",
        "mlpkit.gradcheck",
        "mlpkit.graph",
        "mlpkit.layers",
        "mlpkit.network",
        "mlpkit.own",
        "mlpkit.stack",
        "mlpkit.training",
    ],
}
