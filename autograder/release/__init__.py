"""Make what students get from what the instructor wrote, and check it before they do."""
