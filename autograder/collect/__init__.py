"""Bringing in what students handed in elsewhere: zips of an LMS, exchanges, folders."""
