"""What is known of a project's code as an index in the format SCIP, which code hosts browse."""
