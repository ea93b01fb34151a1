"""A widget, a signed envelope of it, and people in two municipalities."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aula_platform.settings import WidgetChoice
from aula_platform.widgets.catalogue import StoredWidget
from aula_platform.widgets.verdicts import Site
from aula_sdk.manifest import WidgetManifest, parse_manifest, write_public_key
from aula_sdk.people import Actor, ActorChild, ActorProfile, Assurance, Kind

NORTH, SOUTH = UUID(int=1), UUID(int=2)
SCOPES = ("person.role", "institution", "children.ids", "children.names")


class World:
    """Two municipalities; whatever a test does not say is as a municipality would have it."""

    north, south = NORTH, SOUTH
    root = Ed25519PrivateKey.generate()
    signing = Ed25519PrivateKey.generate()
    root_key = write_public_key(root.public_key())
    now = datetime.now(UTC)

    def plain(self, **changes: Any) -> dict[str, Any]:
        contact = "mailto:post@fjordvang.example"
        words = {"da": "Ugeplan", "en": "Weekly plan"}
        plain = {
            "kind": "widget",
            "id": "fjordvang/ugeplan",
            "version": "1.0.0",
            "licence": "MIT",
            "sdk": ">=0.1,<2",
            "title": words,
            "description": words,
            "supplier": {"name": "Fjordvang", "security_contact": contact, "data_contact": contact},
            "entry": "https://ugeplan.fjordvang.example/",
            "roles": ["guardian", "pupil"],
            "placements": ["overview"],
            "languages": ["da"],
            "scopes": [{"name": name, "purpose": words} for name in SCOPES],
        }
        return {**plain, **changes}

    def manifest(self, **changes: Any) -> WidgetManifest:
        manifest = parse_manifest(self.plain(**changes))
        assert isinstance(manifest, WidgetManifest)
        return manifest

    def choice(self, scopes: tuple[str, ...] = SCOPES, **changes: Any) -> WidgetChoice:
        return WidgetChoice(scopes=scopes, **changes)

    def site(
        self,
        choices: dict[UUID, WidgetChoice],
        *,
        expires: datetime = datetime(2999, 1, 1, tzinfo=UTC),
        is_demo: bool = False,
        **changes: Any,
    ) -> Site:
        manifest = self.manifest(**changes)
        return Site(
            widgets={manifest.id: StoredWidget(manifest, expires)},
            choices={one: {manifest.id: choice} for one, choice in choices.items()},
            municipality_names={NORTH: "Nordby", SOUTH: "Sydby"},
            sdk_version="0.1.0",
            is_demo=is_demo,
            now=self.now,
        )

    def guardian(self, *children: tuple[str, UUID], **changes: Any) -> Actor:
        people = [self._child(name, municipality) for name, municipality in children]
        profiles = tuple(
            self.profile(municipality, Kind.GUARDIAN)
            for municipality in dict.fromkeys(each.municipality_id for each in people)
        )
        actor = {
            "account_id": UUID(int=77),
            "role": Kind.GUARDIAN,
            "name": "Karen Nielsen",
            "profiles": profiles,
            "children": tuple(people),
            "holdings": {},
            "assurance": Assurance.LOW,
        }
        return Actor(**{**actor, **changes})

    def profile(self, municipality: UUID, kind: Kind, name: str = "Karen") -> ActorProfile:
        school = UUID(int=municipality.int + 100)
        return ActorProfile(uuid4(), uuid4(), school, municipality, kind, name, "Skolen")

    def _child(self, name: str, municipality: UUID) -> ActorChild:
        school = UUID(int=municipality.int + 100)
        guardian = uuid4()
        person = UUID(int=sum(name.encode()) + 1000)
        return ActorChild(
            uuid4(), person, guardian, school, municipality, name, "Skolen", "3.A", True
        )


@pytest.fixture
def world() -> World:
    return World()
