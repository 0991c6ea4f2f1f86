"""What the text of a module says without GHC: what it defines where, and what its comments say of that."""
