"""What GHC knows about the places of a module's source, as `.hie` files hold it."""
