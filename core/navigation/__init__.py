"""Questions about code that compiled: what a name is, where it is defined and used."""
