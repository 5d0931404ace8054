"""Measurements: ratios between programs that run side by side on one machine, never a test."""
