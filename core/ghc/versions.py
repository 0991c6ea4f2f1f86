"""What differs between GHC versions, in one place; nothing else in thatch compares versions."""

OLDEST_SUPPORTED = (9, 6)
"""The first GHC whose interfaces can hold Core (`-fwrite-if-simplified-core`)."""
