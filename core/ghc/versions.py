"""What differs between GHC versions, in one place; nothing else in thatch compares versions."""

OLDEST_SUPPORTED = (9, 6)
"""The first GHC whose interfaces can hold Core (`-fwrite-if-simplified-core`)."""

JSON_REASON_SINCE = (9, 12)
"""The first GHC whose `-fdiagnostics-as-json` gives reasons (schema 1.1): a warning's flag, and deferral.

Before it `-ddump-json` says so, and nothing else does.
"""

PARALLEL_BEFORE = (9, 7)
"""Only a GHC before this may compile several modules at the same time while it uses an external interpreter.

9.6 does it soundly.  9.10.3 lets two of its threads speak to the interpreter at once: loads hang, or end in a panic
("getBin: Done with leftovers").  No GHC in between or after it has been tried.
"""
