"""Migrations of the registry's own database, oldest first."""
