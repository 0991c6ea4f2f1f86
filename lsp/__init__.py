"""The language server: LSP on one side, `thatch.core.workspace` on the other."""
