"""What can stand at a place that is being typed, and which arguments a function wants there."""
