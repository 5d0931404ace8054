"""nbgrader's own ways to write feedback, given the pages of `autograder feedback`: nbgrader's hold the hidden tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat.notebooknode import NotebookNode

from autograder.course import Course
from autograder.release.manifest import Manifest
from autograder.results.feedback import feedback_page


class FeedbackExporter(HTMLExporter):
    """For ``c.GenerateFeedback.exporter_class``: what ``nbgrader generate_feedback`` and formgrader's button write."""

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> tuple[Any, Any]:
        """Return the page of the submission that `resources` names; of the notebook itself nothing is taken.

        Raises
        ------
        CourseError
            If the submission was not graded by `autograder grade`.
        """
        resources = self._init_resources(resources)
        place = resources["nbgrader"]
        generator: Any = self.parent
        course = Course.find(Path(generator.coursedir.root))
        manifest = Manifest.load(course, place["assignment"]) or Manifest(())
        return feedback_page(course, place["assignment"], place["student"], place["notebook"], manifest), resources
