"""Notebooks: reading them, the roles of their cells, the names in them, and the lines that students do not have."""
