"""Decoding of GHC's binary formats, apart from what the bytes mean; nothing here reads a file."""
