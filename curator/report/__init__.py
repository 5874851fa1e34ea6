"""Showing a person what happened."""
