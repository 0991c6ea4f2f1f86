"""What a file's text shows of its structure, by tree-sitter's grammar, however broken: symbols, folds, tokens."""
