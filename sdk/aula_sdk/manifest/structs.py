"""The two kinds of manifest: an embedded widget and a plugin (WID-R3)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Role = Literal["guardian", "pupil", "employee", "external"]
Placement = Literal["overview", "page", "group", "calendar"]
ScopeName = Literal["person.role", "institution", "children.ids", "children.names"]

PackageId = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9-]{1,39}/[a-z][a-z0-9-]{1,39}$",
        description="vendor/name in lower-case letters, digits and hyphens",
        examples=["fjordvang/ugeplan"],
    ),
]
SemVer = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$",
        max_length=64,
        description="a semantic version such as 1.2.0 or 1.2.0-beta.1",
        examples=["1.2.0"],
    ),
]
Line = Annotated[
    str, Meta(min_length=1, max_length=200, description="a text of 1 to 200 characters")
]
Contact = Annotated[
    str,
    Meta(
        pattern=r"^(mailto:[^\s@]+@[^\s@]+\.[^\s@]+|https://\S+)$",
        max_length=200,
        description="mailto:someone@example.dk or an https address",
    ),
]
WebAddress = Annotated[
    str, Meta(pattern=r"^https?://\S+$", max_length=500, description="a web address")
]
SdkRange = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        description="the SDK versions it is made for, such as >=1.2,<2",
        examples=[">=1.2,<2"],
    ),
]
Icon = Annotated[
    str,
    Meta(
        pattern=r"^(data:image/(svg\+xml|png);base64,[A-Za-z0-9+/=]+)?$",
        max_length=24_000,
        description="an SVG or PNG file beside the manifest of at most 16 kB (or a data: address)",
    ),
]
Language = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", description="a language such as da or en")
]
KindName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9-]{1,39}$",
        description="lower-case letters, digits and hyphens",
    ),
]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="a SHA-256 sum in hex digits")]


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Whatever stands in a manifest: nothing in it may be misspelt unnoticed."""


class LocalText(_Part, frozen=True):
    """A text for people, in Danish and in English."""

    da: Annotated[str, Meta(min_length=1, max_length=1000, description="the text in Danish")]
    en: Annotated[str, Meta(min_length=1, max_length=1000, description="the text in English")]

    def in_language(self, locale: str) -> str:
        """Return the text for a reader; Danish for any language but English."""
        return self.en if locale.startswith("en") else self.da


class Supplier(_Part, frozen=True):
    """Who answers for it: for its security, and for the personal data that it is given."""

    name: Line
    security_contact: Contact
    data_contact: Contact
    website: WebAddress | None = None


class DataScope(_Part, frozen=True):
    """A kind of personal data that is asked for, and what for; granted per municipality."""

    name: ScopeName
    purpose: LocalText


class NotificationTopic(_Part, frozen=True):
    """A kind of notification that it sends; each person can switch it off (WID-30)."""

    name: KindName
    title: LocalText


class Wheel(_Part, frozen=True):
    """A file to install, known by its content: another content is never installed (B1)."""

    filename: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.+-]+\.whl$", description="a wheel's name")]
    sha256: Sha256


class PackageManifest(_Part, frozen=True, kw_only=True):
    """What both kinds say of themselves."""

    id: PackageId
    version: SemVer
    supplier: Supplier
    licence: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9.+() -]{2,100}$",
            description="an SPDX licence expression such as MPL-2.0, or LicenseRef-Proprietary",
        ),
    ]
    title: LocalText
    description: LocalText
    sdk: SdkRange
    icon: Icon = ""

    @property
    def vendor(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The part of the id after the slash."""
        return self.id.partition("/")[2]


class WidgetManifest(PackageManifest, frozen=True, kw_only=True, tag_field="kind", tag="widget"):
    """An embedded widget: a page of the vendor, shown in a sandboxed frame (WID-R1)."""

    entry: WebAddress
    roles: Annotated[tuple[Role, ...], Meta(min_length=1)]
    placements: Annotated[tuple[Placement, ...], Meta(min_length=1)]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    scopes: tuple[DataScope, ...] = ()
    step_up: bool = False
    mobile: bool = True
    notifications: tuple[NotificationTopic, ...] = ()

    @property
    def scope_names(self) -> frozenset[str]:
        """The names of the data scopes that are asked for."""
        return frozenset(scope.name for scope in self.scopes)


class PluginManifest(PackageManifest, frozen=True, kw_only=True, tag_field="kind", tag="plugin"):
    """A plugin: Python code that the operator installs and each municipality enables."""

    distribution: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$",
            max_length=100,
            description="the name of the Python distribution that is installed",
        ),
    ]
    plugin: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z0-9_]{1,39}$",
            description="the name of its entry point in the group aula.plugins",
        ),
    ]
    wheels: tuple[Wheel, ...] = ()


Manifest = WidgetManifest | PluginManifest

SCOPE_SENTENCES: dict[str, LocalText] = {
    "person.role": LocalText(
        da="om personen er forælder, elev eller medarbejder",
        en="whether the person is a guardian, a pupil or an employee",
    ),
    "institution": LocalText(
        da="hvilke institutioner personen hører til",
        en="which institutions the person belongs to",
    ),
    "children.ids": LocalText(
        da="en kode for hvert barn, som kun leverandøren kan bruge",
        en="a code for each child that only this vendor can use",
    ),
    "children.names": LocalText(da="børnenes navne", en="the children's names"),
}
"""What each data scope gives away, told to those who grant it."""
