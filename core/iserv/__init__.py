"""The external interpreter: what lies between GHC and the process that runs splices."""
