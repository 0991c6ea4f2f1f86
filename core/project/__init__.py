"""Finding a workspace's units: cradles, and the module graph over them."""
