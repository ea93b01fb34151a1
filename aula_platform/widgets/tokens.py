"""Widget tokens: short-lived, for one widget, about nobody that another widget could recognise."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import msgspec

from aula_platform.widgets.keys import WidgetKeys
from aula_platform.widgets.verdicts import Choices, Verdict
from aula_sdk.errors import Forbidden
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import INSTITUTION
from aula_sdk.people import Actor, Kind

_ = gettext_for("widgets")
LIFETIME = timedelta(minutes=5)


class WidgetNotEnabled(Forbidden):
    """The widget is not shown to this person, so no token is made for it (WID-19)."""

    code = "widget.not-enabled"
    title = _("This widget is not switched on for you")


class MintedToken(msgspec.Struct, frozen=True):
    """A token, and when it ends."""

    token: str
    expires_at: datetime


class _Pupil(msgspec.Struct, frozen=True):
    """Somebody about whom may be asked: a guardian's child, or the pupil in person."""

    person_id: UUID
    institution_id: UUID
    municipality_id: UUID
    name: str


def mint(
    keys: WidgetKeys,
    verdict: Verdict,
    actor: Actor,
    choices: Choices,
    *,
    issuer: str,
    locale: str,
    now: datetime,
) -> MintedToken:
    """Return a token for the widget of a verdict that shows it to this actor.

    It holds what the manifest asks for *and* the municipality has granted, for the children of
    that municipality alone; everything else is left out (R12, R16). Raises `WidgetNotEnabled`.
    """
    manifest = verdict.manifest
    if not verdict.shown or manifest is None:
        raise WidgetNotEnabled(verdict.text)
    granted = {
        each: manifest.scope_names & set(choices[each][verdict.widget_id].scopes)
        for each in verdict.municipalities
    }
    now = now.replace(microsecond=0)
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": manifest.id,
        "sub": keys.pairwise(manifest.id, "account", actor.account_id),
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "jti": uuid4().hex,
        "acr": str(int(actor.assurance)),
        "locale": locale,
        "widget_version": manifest.version,
    }
    if any("person.role" in scopes for scopes in granted.values()):
        claims["role"] = actor.role.value
    claims["institutions"] = _institutions(actor, _granting(granted, "institution"))
    claims["children"] = _children(keys, manifest.id, actor, granted)
    kid, private = keys.signing_key()
    token = jwt.encode(claims, private, algorithm="EdDSA", headers={"kid": kid})
    return MintedToken(token, now + LIFETIME)


def _granting(granted: dict[UUID, frozenset[str]], scope: str) -> set[UUID]:
    return {each for each, scopes in granted.items() if scope in scopes}


def _institutions(actor: Actor, municipalities: set[UUID]) -> list[dict[str, str]]:
    names = {
        profile.institution_id: profile.institution_name
        for profile in actor.profiles
        if profile.municipality_id in municipalities
    }
    return [{"id": INSTITUTION.format(each), "name": name} for each, name in names.items()]


def _children(
    keys: WidgetKeys, widget_id: str, actor: Actor, granted: dict[UUID, frozenset[str]]
) -> list[dict[str, Any]]:
    known = _granting(granted, "children.ids")
    named = _granting(granted, "children.names")
    placed = _granting(granted, "institution")
    told: dict[UUID, dict[str, Any]] = {}
    for pupil in _pupils(actor):
        if pupil.municipality_id not in known:
            continue
        child = told.setdefault(
            pupil.person_id, {"id": keys.pairwise(widget_id, "person", pupil.person_id)}
        )
        if pupil.municipality_id in named:
            child["name"] = pupil.name
        if pupil.municipality_id in placed:
            child.setdefault("institutions", []).append(INSTITUTION.format(pupil.institution_id))
    return list(told.values())


def _pupils(actor: Actor) -> Iterable[_Pupil]:
    if actor.role is Kind.GUARDIAN:
        return (
            _Pupil(each.person_id, each.institution_id, each.municipality_id, each.name)
            for each in actor.children
        )
    if actor.role is Kind.PUPIL:
        return (
            _Pupil(each.person_id, each.institution_id, each.municipality_id, each.name)
            for each in actor.profiles
        )
    return ()
