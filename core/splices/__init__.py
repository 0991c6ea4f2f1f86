"""Splices that ran: as data, as users see them, and as edits that put what they gave in their place."""
