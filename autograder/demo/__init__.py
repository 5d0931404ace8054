"""A made-up class that hands in everything a grader has to cope with."""
