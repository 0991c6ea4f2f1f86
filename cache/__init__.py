"""The store of compiled modules; it knows core's data, never sessions."""
