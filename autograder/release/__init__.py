"""The student and reader editions of an instructor's notebooks, and their checks before the release."""
