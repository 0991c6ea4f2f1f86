"""What stands in the `.cabal` files of packages, for those who write them."""
