"""Requests for one's own data: asked for on the profile, decided by an administrator, then done."""
