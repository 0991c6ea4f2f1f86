"""What GHC's interface files (`.hi`) say of a module: hashes, dependencies, usages, exports."""
