"""Widget tokens: what is in them, for whom, and what never is (R12, R16, WID-19, WID-22)."""

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aula_platform.settings import Settings, SiteSettings
from aula_platform.widgets.commands import change_signing_key
from aula_platform.widgets.keys import FILE_NAME, WidgetKeys
from aula_platform.widgets.tokens import WidgetNotEnabled, mint
from aula_platform.widgets.verdicts import decide
from aula_sdk.ids import new_id
from aula_sdk.people import Kind

World = Any  # See conftest.py, which cannot be imported from.
ID = "fjordvang/ugeplan"
ISSUER = "https://aula.example.dk"
SCOPES = ("person.role", "institution", "children.ids", "children.names")
SUBSETS = [each for size in range(5) for each in itertools.combinations(SCOPES, size)]


@pytest.fixture
def keys(tmp_path: Path) -> WidgetKeys:
    return WidgetKeys(tmp_path / "secrets")


def token_of(world: World, keys: WidgetKeys, site: Any, actor: Any) -> dict[str, Any]:
    verdict = decide(site, actor, next(iter(site.widgets)), None)
    minted = mint(keys, verdict, actor, site.choices, issuer=ISSUER, locale="da", now=world.now)
    key = jwt.PyJWK(keys.jwks(world.now)["keys"][0])
    claims: dict[str, Any] = jwt.decode(
        minted.token, key, algorithms=["EdDSA"], options={"verify_aud": False, "verify_exp": False}
    )
    return claims


def test_what_a_token_says(world: World, keys: WidgetKeys) -> None:
    """WID-23: one widget, five minutes, the level from the platform, children under own ids."""
    actor = world.guardian(("Alma", world.north))
    claims = token_of(world, keys, world.site({world.north: world.choice()}), actor)
    assert (claims["iss"], claims["aud"], claims["acr"]) == (ISSUER, ID, "1")
    assert claims["exp"] - claims["iat"] == 300
    assert claims["role"] == "guardian"
    assert [child["name"] for child in claims["children"]] == ["Alma"]
    text = str(claims)
    for secret in (actor.account_id, actor.children[0].person_id, actor.children[0].profile_id):
        assert secret.hex not in text
        assert str(secret) not in text
    assert actor.name not in text


@pytest.mark.parametrize("asked", [(), SCOPES], ids=["asks nothing", "asks all"])
@pytest.mark.parametrize("granted", SUBSETS, ids="+".join)
def test_both_must_say_yes(
    world: World, keys: WidgetKeys, asked: tuple[str, ...], granted: tuple[str, ...]
) -> None:
    """R12: a datum leaves only if the manifest asks for it and the municipality granted it."""
    words = {"da": "x", "en": "x"}
    wanted = [{"name": name, "purpose": words} for name in asked]
    site = world.site({world.north: world.choice(granted)}, scopes=wanted)
    claims = token_of(world, keys, site, world.guardian(("Alma", world.north)))
    given_out = set(asked) & set(granted)
    assert ("role" in claims) == ("person.role" in given_out)
    assert bool(claims["institutions"]) == ("institution" in given_out)
    assert bool(claims["children"]) == ("children.ids" in given_out)
    named = {"children.ids", "children.names"} <= given_out
    assert ("Alma" in str(claims)) == named


def test_each_municipality_grants_for_its_own_children(world: World, keys: WidgetKeys) -> None:
    """R12: what one municipality granted says nothing about children of the other."""
    grants = {world.north: world.choice(), world.south: world.choice(("children.ids",))}
    actor = world.guardian(("Alma", world.north), ("Bo", world.south), ("Cleo", world.south))
    children = token_of(world, keys, world.site(grants), actor)["children"]
    assert [child.get("name") for child in children] == ["Alma", None, None]
    only_north = world.site({world.north: world.choice()})
    assert len(token_of(world, keys, only_north, actor)["children"]) == 1


def test_no_token_where_it_is_not_shown(world: World, keys: WidgetKeys) -> None:
    """WID-19: off, of another municipality, for another role, or unknown: no token."""
    actor = world.guardian(("Alma", world.north))
    sites = [
        world.site({world.south: world.choice()}),
        world.site({world.north: world.choice(state="off")}),
        world.site({world.north: world.choice(roles=(Kind.PUPIL,))}),
        world.site({world.north: world.choice()}, roles=["employee"]),
        world.site({world.north: world.choice()}, step_up=True),
    ]
    for site in sites:
        with pytest.raises(WidgetNotEnabled):
            token_of(world, keys, site, actor)


def test_a_pupil_is_known_as_the_guardian_knows_the_child(world: World, keys: WidgetKeys) -> None:
    """WID-22: one id per child and widget, whoever asks."""
    guardian = world.guardian(("Alma", world.north))
    child = guardian.children[0]
    profile = world.profile(world.north, Kind.PUPIL, "Alma")
    own = type(profile)(
        profile.id, child.person_id, child.institution_id, world.north, Kind.PUPIL, "Alma", "Skolen"
    )
    pupil = world.guardian(role=Kind.PUPIL, profiles=(own,), account_id=UUID(int=5))
    site = world.site({world.north: world.choice()})
    seen = token_of(world, keys, site, guardian)
    alone = token_of(world, keys, site, pupil)
    assert [each["id"] for each in alone["children"]] == [each["id"] for each in seen["children"]]
    assert alone["sub"] != seen["sub"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.uuids(), min_size=2, max_size=6, unique=True))
def test_two_vendors_cannot_compare(keys: WidgetKeys, people: list[UUID]) -> None:
    """WID-22: stable for one widget, different for another, never the id itself."""
    ids = {
        keys.pairwise(widget, kind, person)
        for widget, kind, person in itertools.product(("a/b", "a/c"), ("account", "person"), people)
    }
    assert len(ids) == 4 * len(people)
    assert keys.pairwise("a/b", "person", people[0]) in ids
    assert not any(person.hex in text for person in people for text in ids)


def test_keys_are_made_once_and_kept_secret(tmp_path: Path) -> None:
    """R16: all processes of an installation share one file that nobody else can read."""
    first, second = WidgetKeys(tmp_path / "s"), WidgetKeys(tmp_path / "s")
    assert first.signing_key()[0] == second.signing_key()[0]
    assert (tmp_path / "s" / FILE_NAME).stat().st_mode & 0o077 == 0
    assert [file.name for file in (tmp_path / "s").iterdir()] == [FILE_NAME]


def test_a_changed_key_stays_until_its_tokens_are_dead(world: World, tmp_path: Path) -> None:
    """R16: no living token becomes invalid by a change of keys, and old keys do go."""
    keys, other_process = WidgetKeys(tmp_path), WidgetKeys(tmp_path)
    before, _private = keys.signing_key()
    after = keys.rotate(world.now)
    assert other_process.signing_key()[0] == after
    living = {key["kid"] for key in keys.jwks(world.now + timedelta(minutes=6))["keys"]}
    assert living == {before, after}
    assert {key["kid"] for key in keys.jwks(world.now + timedelta(minutes=11))["keys"]} == {after}
    assert all("d" not in key for key in keys.jwks(world.now)["keys"])


def test_an_operator_changes_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ASVS 11.1.1: by a command, which names the new key; pseudonyms stay what they were."""
    chosen = Settings(site=SiteSettings(data=str(tmp_path)))
    keys, person = WidgetKeys(chosen.secrets), new_id()
    before, known_as = keys.signing_key()[0], keys.pairwise("a/b", "person", person)
    change_signing_key(chosen)
    after = keys.signing_key()[0]
    assert after != before
    assert after in capsys.readouterr().out
    assert keys.pairwise("a/b", "person", person) == known_as
