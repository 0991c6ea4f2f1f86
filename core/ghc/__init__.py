"""Driving the user's GHC: its probe, its flags, its sessions and its messages."""
