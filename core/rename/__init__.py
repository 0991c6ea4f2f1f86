"""Giving things other names: every place that must change, or why that cannot be done."""
