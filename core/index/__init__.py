"""What a whole project's modules define, use and implement, kept in a database that can be made again at will."""
