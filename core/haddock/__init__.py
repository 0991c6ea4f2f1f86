"""Haddock: its markup as a document, and documents as text for editors and terminals."""
