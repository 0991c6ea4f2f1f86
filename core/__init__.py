"""What thatch knows of GHC and Haskell projects; it knows neither LSP nor the cache."""
