"""Checking what is typed at the cost of the modules that it concerns; `edit_lane.py` is the door."""
