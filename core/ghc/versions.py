"""What differs between GHC versions, in one place; nothing else in thatch compares versions."""

OLDEST_SUPPORTED = (9, 6)
"""The first GHC whose interfaces can hold Core (`-fwrite-if-simplified-core`)."""

JSON_REASON_SINCE = (9, 12)
"""The first GHC whose `-fdiagnostics-as-json` says why it warns (schema 1.1): the flag, and whether an error was deferred.

Before it `-ddump-json` says so, and nothing else does.
"""
