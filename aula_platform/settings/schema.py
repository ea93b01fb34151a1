"""Every key of ``aula.toml``, its type and its default; the reference in the docs is made of it."""

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from aula_sdk.people import Kind

Level = Literal["low", "substantial", "high"]
Switch = Literal["on", "off"]
LeftTo = Literal["nobody", "municipality", "institution"]


class LookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How pages look, beside the platform's own forms and letters."""

    logo: str = ""
    """A file (.svg, .png or .webp, at most 100 kB) for the head of every page; square is best."""
    accent: str = ""
    """The colour of buttons and links on light pages, as ``#rrggbb``. The start is refused, with
    the nearest shade that would do, when its contrast is too weak (4.5:1, WCAG 2.2)."""
    accent_dark: str = ""
    """The same for dark pages; whoever sets one sets both."""


class SiteSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The installation as a whole."""

    mode: Literal["demo", "production"] = "production"
    """``demo`` allows the demo log-in broker and widgets from loopback; never for real people."""
    url: str = "http://127.0.0.1:8000"
    """The address people open; cookies are Secure when it is https."""
    name: str = "Aula"
    """What the site is called, in the head of pages and in the browser's tab."""
    look: LookSettings = LookSettings()
    """The installation's look: before log-in at no municipality's address, and for whoever belongs
    to several municipalities."""
    data: str = "var"
    """Folder of secrets, stored widgets and, unless said otherwise, database and files."""
    default_locale: Literal["da", "en"] = "da"
    """The language for whoever has chosen none and whose browser asks for none that is there."""


class StorageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the data is."""

    database: str = ""
    """``sqlite:///path`` or ``postgresql://user@host/name``; empty: a SQLite file in ``data``.

    PostgreSQL's user owns the database and is no superuser, or the wall between municipalities
    would not hold for it. A pooler in front may lend connections by session, not by transaction."""
    pool_size: int = 10
    """How many connections to PostgreSQL each worker keeps open to read and as many to write; as
    many again are opened when all are in use, and one more notes what was read."""


class FileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Uploaded files."""

    location: str = ""
    """``file:///folder``, ``s3://bucket/prefix`` or ``memory:///``; empty: a folder in ``data``."""
    archive: str = ""
    """Where formal documents are kept after they were deleted here, likewise; empty: a folder in
    ``data``."""
    max_bytes: int = 25 * 1024 * 1024
    """How large one uploaded file may be."""
    max_per_upload: int = 10
    """How many files one form may bring."""


class BudgetSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many seconds a plugin's code may wait before the host goes on without it."""

    widget: float = 2.0
    """To make what a box of the overview shows."""
    badge: float = 2.0
    """To count what is new, for the navigation."""
    route: float = 30.0
    """Until an answer begins; what the network takes is not counted."""
    subscriber: float = 5.0
    """On the embedded database everybody's writes wait meanwhile."""
    job: float = 600.0
    """One run of work in the background."""
    demo_data: float = 600.0
    """To make a plugin's content for the demo."""
    subject_data: float = 60.0
    """To give out or erase what a plugin keeps about one person."""
    retention: float = 5.0
    """To remove some things whose time is over. On the embedded database everybody's writes wait
    meanwhile."""
    other: float = 5.0
    """What plugins contribute by hooks that have no line here."""


class QuarantineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a part of a plugin that keeps failing is left alone, and for how long."""

    failures: int = 3
    """How many failures in a row it takes."""
    first_seconds: float = 60.0
    """The first pause; doubled each time that the part fails again when it is tried."""
    longest_seconds: float = 3600.0
    """The longest that something is left alone before it is tried again."""
    share_seconds: float = 5.0
    """How soon the other workers know."""


class WatchdogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a worker is ended and started anew, because something in it does not let go."""

    stall_seconds: float = 10.0
    """How long a worker's event loop may stand still."""
    start_seconds: float = 120.0
    """How long a worker may take to begin."""
    memory_mb: int = 2048
    """How much memory a worker may have; 0 for no limit. Known on Linux only."""
    first_pause_seconds: float = 600.0
    """How long the part that did it is left alone the first time; doubled each time."""
    longest_pause_seconds: float = 86400.0
    """The longest that it is left alone."""


class BrokerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A log-in broker through which people sign in."""

    profile: str = ""
    """What kind of log-in service it is: ``uni-login``, ``mitid``, ``entra-id``, ``keycloak``,
    ``oiosaml-3`` or ``adfs``. It fills the keys that are not written; see `broker_profiles`."""
    protocol: str = "oidc"
    """How it is spoken to: ``oidc``, or one that an installed plugin brings, such as ``saml``."""
    settings: dict[str, Any] = {}
    """What only this protocol has; empty for OpenID Connect."""
    issuer: str
    """By which name the broker knows itself. For OpenID Connect the address below which its
    metadata is read."""
    client_id: str
    """By which name the provider knows this installation."""
    title: str
    """What the button on the sign-in page says."""
    client_secret_file: str = ""
    """A file that holds the secret; empty for a public client, which has PKCE alone."""
    kinds: tuple[Kind, ...] = tuple(Kind)
    """Whom the button is for."""
    scopes: tuple[str, ...] = ("openid",)
    """What is asked for; ``openid`` must be among it."""
    subject_claim: str = "uniid"
    """The claim by which people are matched; never a CPR number."""
    acr: dict[str, Level] = {}
    """Which values of ``acr`` mean which level of assurance; others mean ``low``."""
    assurance_claims: tuple[str, ...] = ("acr",)
    """The claims whose values stand in ``acr``; the surest counts."""
    step_up_acr: tuple[str, ...] = ()
    """What is asked for (``acr_values``) when a second factor is needed; empty: those values in
    ``acr`` that mean enough."""
    step_up_with: str = ""
    """The broker that proves the second factor for whoever signed in here; empty: this one."""
    privileges: dict[str, str] = {}
    """Which role each privilege gives for which the broker vouches (Basic Privilege Profile): such
    as ``institution_admin``, by the privilege's URI, in the municipality of its CVR number."""
    municipalities: tuple[str, ...] = ()
    """For whose people the button is, by their keys in this file; empty: everybody's."""
    demo: bool = False
    """Whether anybody may be anybody there; refused outside of demo mode."""


class StepUpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked on top of being signed in before somebody gets to what is sensitive."""

    level: Literal["substantial", "high"] = "substantial"
    """How surely it must be known who it is."""
    minutes: int = 15
    """How old the proof may be: the time that the broker vouches for, not ours."""
    pupil_age: int = 15
    """How old pupils must be, at least: municipalities and institutions may raise it for theirs.
    Younger ones never get there, and neither do those of unknown age."""


Count = Annotated[int, msgspec.Meta(ge=1)]


class SessionLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the sessions of one role last."""

    idle_minutes: Count
    """After how many minutes without a request a session ends."""
    absolute_hours: Count
    """After how many hours a session ends, used or not."""


class RoleLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long sessions last in each role: shorter for those who work here, who see more."""

    employee: SessionLimits = SessionLimits(idle_minutes=30, absolute_hours=10)
    external: SessionLimits = SessionLimits(idle_minutes=30, absolute_hours=10)
    guardian: SessionLimits = SessionLimits(idle_minutes=60, absolute_hours=12)
    pupil: SessionLimits = SessionLimits(idle_minutes=60, absolute_hours=12)


class KeySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Access keys, with which people's own programs fetch from the API."""

    most_days: Count = 365
    """How many days a key may last."""
    most: Count = 10
    """How many keys one account may have."""
    per_minute: Count = 60
    """How many requests a minute one key may make."""


class LoginSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people sign in, and for how long."""

    brokers: dict[str, BrokerSettings] = {}
    idle_minutes: Count = 60
    """After how many minutes without a request a session without a chosen role ends."""
    absolute_hours: Count = 12
    """After how many hours such a session ends, used or not."""
    roles: RoleLimits = RoleLimits()
    warn_minutes: Count = 5
    """How many minutes before the end people are told, and may stay."""
    step_up: StepUpSettings = StepUpSettings()
    keys: KeySettings = KeySettings()
    per_minute: Annotated[int, msgspec.Meta(ge=60)] = 600
    """How many requests a minute one account's sessions may make, of each process that serves. A
    page with its pictures is some dozen."""
    shared: SessionLimits = SessionLimits(idle_minutes=5, absolute_hours=1)

    def limits_for(self, role: Kind | None, *, shared: bool = False) -> SessionLimits:
        """Return how long a session in this role lasts, or one whose role is not chosen yet; or
        one at a shared device.
        """
        if shared:
            return self.shared
        if role is None:
            return SessionLimits(self.idle_minutes, self.absolute_hours)
        found: SessionLimits = getattr(self.roles, role)
        return found


class SupportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Access beyond one's own rights, for a time."""

    see_as_minutes: Annotated[int, msgspec.Meta(ge=5, le=30)] = 15
    """For how many minutes at most somebody sees the site as somebody else, to help them."""
    break_glass_hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 8
    """For how many hours at most somebody reads what a second person has approved."""


class AuditSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes the audit trustworthy for whoever does not trust the database."""

    anchor: str = ""
    """Where the heads of the chains are kept, out of the database's reach: ``file:///folder`` or
    ``s3://bucket/prefix`` (with a lock on its objects); empty: a folder in ``data``."""
    anchor_minutes: Count = 10
    """How often they are put there."""


class AuditChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long one municipality keeps its audit, and what it tells the people it is about."""

    keep_months: Annotated[int, msgspec.Meta(ge=6)] = 60
    """How many whole months of the audit are kept; the seal of an older one stays (DEL-R1). At
    least 6, the term of the older Danish rule for logs of personal data."""
    names: bool = False
    """Whether people see the names of employees who have looked at their data, or their roles
    alone."""


class RegistrySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where widgets and plugins are found."""

    url: str = ""
    """The address of the registry; empty: nothing is taken from one."""
    root_key: str = ""
    """The registry's public key (ed25519, hexadecimal), compared by the operator by other ways."""


class PluginChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the configuration says of one plugin in one municipality (decision 0012)."""

    state: Switch = "on"
    """Whether the plugin is on."""
    left_to: LeftTo = "nobody"
    """Who may decide otherwise: nobody, the municipality, or each institution (and it)."""
    settings: dict[str, Any] = {}
    """What is set here is fixed; what is not may be chosen by the municipality."""


class WidgetChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the configuration says of one embedded widget in one municipality."""

    state: Switch = "on"
    """Whether the widget is on."""
    scopes: tuple[str, ...] = ()
    """What the municipality lets the vendor have, of what the manifest asks for."""
    roles: tuple[Kind, ...] = tuple(Kind)
    """Who sees it."""
    placement: str = "overview"
    """On which page it stands."""


class MunicipalitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One municipality: its name, its addresses and what is switched on."""

    name: str
    """What the municipality is called, on pages and in explanations."""
    code: str = ""
    """The three digits by which authorities know the municipality."""
    cvr: Annotated[str, msgspec.Meta(pattern="^([0-9]{8})?$")] = ""
    """The eight digits by which privileges in a log-in are known to be of this municipality."""
    hosts: tuple[str, ...] = ()
    """Host names under which this municipality is meant before anybody has signed in."""
    site_name: str = ""
    """What the site is called for people of this municipality; empty: as the installation is."""
    look: LookSettings = LookSettings()
    """How it looks for them; what is not said is as ``[site.look]`` says."""
    help: str = ""
    """Whom people ask when they cannot sign in; shown to them."""
    audit: AuditChoice = AuditChoice()
    plugins: dict[str, PluginChoice] = {}
    widgets: dict[str, WidgetChoice] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    site: SiteSettings = SiteSettings()
    storage: StorageSettings = StorageSettings()
    files: FileSettings = FileSettings()
    login: LoginSettings = LoginSettings()
    support: SupportSettings = SupportSettings()
    audit: AuditSettings = AuditSettings()
    registry: RegistrySettings = RegistrySettings()
    budgets: BudgetSettings = BudgetSettings()
    quarantine: QuarantineSettings = QuarantineSettings()
    watchdog: WatchdogSettings = WatchdogSettings()
    municipalities: dict[str, MunicipalitySettings] = {}

    def municipality_at(self, host: str) -> str:
        """Return the key of the municipality that an address means; empty when it means none."""
        name = host.partition(":")[0].lower()
        return next((key for key, one in self.municipalities.items() if name in one.hosts), "")

    @property
    def hosts(self) -> frozenset[str]:
        """The host names under which people open the site: its own and the municipalities'."""
        own = urlsplit(self.site.url).hostname or ""
        return frozenset(
            {own, *(name for one in self.municipalities.values() for name in one.hosts)}
        )

    @property
    def data(self) -> Path:
        """The folder for what is kept beside the database."""
        return Path(self.site.data)

    @property
    def database_url(self) -> str:
        """The database, with the default filled in."""
        return self.storage.database or f"sqlite:///{self.data / 'aula.db'}"

    @property
    def files_url(self) -> str:
        """The place of files, with the default filled in."""
        return self.files.location or f"file://{(self.data / 'files').absolute()}"

    @property
    def archive_url(self) -> str:
        """The place of formal documents that were deleted here, with the default filled in."""
        return self.files.archive or f"file://{(self.data / 'archive').absolute()}"

    @property
    def anchors_url(self) -> str:
        """The place of the audit's anchors, with the default filled in."""
        return self.audit.anchor or f"file://{(self.data / 'anchors').absolute()}"

    @property
    def secrets(self) -> Path:
        """The folder of keys that this installation has made for itself."""
        return self.data / "secrets"

    @property
    def widgets_folder(self) -> Path:
        """The folder of widgets that were taken from the registry."""
        return self.data / "widgets"
