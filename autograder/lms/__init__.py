"""What learning management systems give out and take back: names of files, tables of grades."""
