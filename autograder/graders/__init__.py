"""Several graders: who reads which answers, what they see beside them in formgrader, and who gave which points."""
