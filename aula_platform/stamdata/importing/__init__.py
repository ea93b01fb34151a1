"""Importing stamdata from files: preview first, then apply, and keep a report."""
