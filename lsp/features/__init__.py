"""One module for each LSP method, named after it: convert in, ask, convert out."""
