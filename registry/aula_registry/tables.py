"""The registry's tables: vendors, their tokens, releases, and what became of each release."""

from piccolo.columns import ForeignKey, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Vendor(Table, tablename="registry_vendor"):
    """Somebody who publishes; ``slug`` is the part of a package's id before the slash."""

    id: Serial
    slug = Varchar(length=40, unique=True)
    name = Varchar(length=200)
    contact = Varchar(length=200)
    created_at = Timestamptz()


class PublishToken(Table, tablename="registry_publish_token"):
    """A secret with which a vendor publishes, kept as its SHA-256 sum only.

    The secret has 256 random bits, so a slow hash would protect nothing that is not safe already.
    """

    id: Serial
    vendor = ForeignKey(references=Vendor, null=False)
    hash = Varchar(length=64, unique=True)
    created_at = Timestamptz()
    revoked_at = Timestamptz(null=True, default=None)


class Release(Table, tablename="registry_release"):
    """One version of one package; its manifest never changes once it has been submitted."""

    id: Serial
    vendor = ForeignKey(references=Vendor, null=False)
    package = Varchar(length=81, index=True)
    version = Varchar(length=64)
    address = Varchar(length=160, unique=True)
    kind = Varchar(length=10)
    manifest = Text()
    sha256 = Varchar(length=64)
    search = Text()
    state = Varchar(length=10, index=True)
    created_at = Timestamptz()
    changed_at = Timestamptz()


class Transition(Table, tablename="registry_transition"):
    """A change of state: who, when and why (WID-R4). Rows are added and never changed."""

    id: Serial
    release = ForeignKey(references=Release, null=False)
    from_state = Varchar(length=10)
    to_state = Varchar(length=10)
    actor = Varchar(length=100)
    reason = Varchar(length=500)
    at = Timestamptz()


TABLES: tuple[type[Table], ...] = (Vendor, PublishToken, Release, Transition)
