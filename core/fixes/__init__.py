"""What can be done about GHC's messages and at a place of the text, as edits; nothing is asked or written here."""
