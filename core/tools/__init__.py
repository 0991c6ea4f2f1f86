"""Programs of the user's own that look at a module's text: formatters and linters."""
