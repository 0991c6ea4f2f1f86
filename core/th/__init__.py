"""Template Haskell's syntax trees: their schema, their bytes, and their printing as source; no process protocol."""
