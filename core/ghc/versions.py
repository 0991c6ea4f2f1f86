"""What differs between GHC versions, in one place; nothing else in thatch compares versions."""

OLDEST_SUPPORTED = (9, 6)
"""The first GHC whose interfaces can hold Core (`-fwrite-if-simplified-core`)."""

JSON_REASON_SINCE = (9, 12)
"""The first GHC whose `-fdiagnostics-as-json` gives reasons (schema 1.1): a warning's flag, and deferral.

Before it `-ddump-json` says so, and nothing else does.
"""
