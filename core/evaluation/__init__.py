"""What comments ask to be evaluated, and what comes of it."""
