"""Taking grades and feedback to an LMS, or to a table."""
