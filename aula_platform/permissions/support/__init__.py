"""What somebody has access to beyond their own rights, for a time, seen by those it is about."""
