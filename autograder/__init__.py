"""Release, grade and explain nbgrader courses, safely and in parallel."""
