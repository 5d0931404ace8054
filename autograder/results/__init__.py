"""What goes out: feedback for each student, the report for the instructor."""
