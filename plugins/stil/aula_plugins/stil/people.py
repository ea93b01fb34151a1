"""Persons: who somebody is, under the name that may be shown.

A protected person's real name and address end here (STM-12): with an alias only the alias goes on,
without one the person is not taken in. Whoever is protected anywhere in a delivery is so everywhere
in it.
"""

from collections.abc import Mapping

import msgspec

from aula_plugins.stil.entries import BadEntry, Entry
from aula_plugins.stil.envelope import PackageSize
from aula_sdk.stamdata_source import ContactData, PersonRecord
from aula_sdk.stamdata_values import (
    BadValue,
    read_boolean,
    read_date,
    read_email,
    read_phone,
    read_text,
    read_uniid,
    veil,
)

_NAME_LENGTH = 120


class Alias(msgspec.Struct, frozen=True, gc=False):
    """The name that stands for a protected person; empty where there is none."""

    given: str = ""
    family: str = ""


def read_person_id(person: Entry) -> str:
    """Return the UNI-ID, by which the person is known here and in all deliveries to come."""
    return person.required("UserId", read_uniid)


def known_as(person: Entry | None) -> str:
    """Return who it is, or nothing; what is wrong with the id is told elsewhere."""
    given = person.texts("UserId") if person is not None else []
    try:
        return read_uniid(given[0].text) if given else ""
    except BadValue:
        return ""


def is_protected(person: Entry) -> bool:
    """Whether the person is protected: said so, said so unreadably, or given an alias (R8)."""
    said = person.optional("protected", read_boolean, person.is_given("protected"))
    return said or any(person.is_given(field) for field in ("AliasFirstName", "AliasFamilyName"))


def read_alias(person: Entry) -> Alias:
    """Return what the person goes by when protected."""
    return Alias(_name(person, "AliasFirstName"), _name(person, "AliasFamilyName"))


class People:
    """Reads persons as one municipality wishes, in one delivery."""

    def __init__(
        self, protected: Mapping[str, Alias], size: PackageSize, *, names_are_aliases: bool
    ) -> None:
        self._protected = protected
        self._size = size
        self._names_are_aliases = names_are_aliases and size is not PackageSize.AUTHORITY

    def may_stay(self, person: Entry) -> bool:
        """Whether what is kept already of the person may stay as it was when the element is bad.

        Not when the person is protected: what is kept may be the real name (STM-12).
        """
        return not is_protected(person) and known_as(person) not in self._protected

    def read(self, person: Entry, person_id: str) -> PersonRecord:
        """Return the person; raise `BadEntry` when nobody may be taken from the element."""
        given, family = _name(person, "FirstName"), _name(person, "FamilyName")
        alias = self._alias(person, person_id)
        shown = Alias(given, family) if alias is None else self._shown(alias, given, family)
        if not shown.given and not shown.family:
            raise BadEntry(
                person.error("FirstName", "name.missing")
                if alias is None
                else person.error("AliasFirstName", "protected.no-alias")
            )
        carries = self._size is not PackageSize.SMALL
        contact = _contact(person) if carries else ContactData()
        return PersonRecord(
            source_id=person_id,
            given_name=shown.given,
            family_name=shown.family,
            uniid=person_id,
            protected=alias is not None,
            birth_date=person.optional("BirthDate", read_date, None) if carries else None,
            contact=contact if alias is None else self._veiled(contact, alias, given, family),
        )

    def _alias(self, person: Entry, person_id: str) -> Alias | None:
        """Return the alias of a protected person, an empty one if there is none."""
        known = self._protected.get(person_id)
        if not is_protected(person):
            return known
        return known or read_alias(person)

    def _veiled(self, contact: ContactData, alias: Alias, given: str, family: str) -> ContactData:
        """Return what may be kept; where the real name is not known, no e-mail can be trusted."""
        if self._shown(alias, "", "") == Alias():
            contact = msgspec.structs.replace(contact, email="")
        return veil(contact, f"{given} {family}")

    def _shown(self, alias: Alias, given: str, family: str) -> Alias:
        if self._names_are_aliases and not alias.given and not alias.family:
            return Alias(given, family)
        return alias


def _name(person: Entry, field: str) -> str:
    return person.optional(field, lambda text: read_text(text, _NAME_LENGTH), "")


def _contact(person: Entry) -> ContactData:
    """Return how to reach the person; of two fixed numbers the one at home counts."""
    home, home_protected = _phone(person, "HomePhoneNumber")
    work, work_protected = _phone(person, "WorkPhoneNumber")
    mobile, mobile_protected = _phone(person, "MobilePhoneNumber")
    address, address_protected = _address(person)
    return ContactData(
        email=person.optional("EmailAddress", read_email, ""),
        phone=home or work,
        mobile=mobile,
        address=address,
        phone_protected=home_protected if home else work_protected,
        mobile_protected=mobile_protected,
        address_protected=address_protected,
    )


def _phone(person: Entry, name: str) -> tuple[str, bool]:
    part = person.part(name)
    if part is None:
        return "", False
    return part.optional("number", read_phone, ""), _flag(part)


def _address(person: Entry) -> tuple[str, bool]:
    part = person.part("Address")
    if part is None:
        return "", False
    street, code, town = (
        part.optional(field, lambda text: read_text(text, _NAME_LENGTH), "")
        for field in ("StreetAddress", "PostalCode", "PostalDistrict")
    )
    return ", ".join(line for line in (street, f"{code} {town}".strip()) if line), _flag(part)


def _flag(part: Entry) -> bool:
    """Whether a way of contact is protected (STM-14); a mark that cannot be read protects."""
    return part.optional("protected", read_boolean, part.is_given("protected"))
