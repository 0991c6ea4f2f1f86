"""What of a project can be run, and how."""
