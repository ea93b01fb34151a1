"""The words of the audit: who did or read what, about whom, and why it was allowed."""

from enum import StrEnum


class AuditKind(StrEnum):
    """What sort of deed an entry of the audit is about."""

    WRITE = "write"
    LOOK = "look"
    """Confidential or sensitive content was read."""
    SIGN_IN = "sign_in"
    """Somebody came in, changed role, or went."""
    EXPORT = "export"
    """Data left the site as a whole: an archive, a list for paper."""
    GRANT = "grant"
    """Who may do what was changed."""
