"""Feedback for each student, and the report for the instructor."""
