"""What users want to know of installed packages: documentation, sources, links; nothing here asks a GHC."""
