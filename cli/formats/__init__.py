"""How diagnostics look as text: pure functions from data to strings; nothing here prints."""
