"""What stamdata keeps about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.stamdata.tables import (
    as_of,
    contact,
    group,
    guardianship,
    import_error,
    imported,
    institution,
    membership,
    municipality,
    person,
    profile,
    profile_role,
)
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_NOBODY = _("None is needed: nothing about people is kept here")
_AS_DELIVERED = _(
    "As long as the source delivers it, and after that under the municipality's retention schedule"
)
_BY_SCHEDULE = _("Under the municipality's retention schedule")
_ORDINARY = DataClass.ORDINARY
_CONFIDENTIAL = DataClass.CONFIDENTIAL

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        municipality.name,
        _("Knows the municipalities that the installation serves"),
        _NOBODY,
        _("As long as the configuration names it"),
        technical=(
            "key",
            "name",
            "code",
            "epoch",
        ),
    ),
    PersonalData(
        institution.name,
        _("Knows the institutions of a municipality"),
        _NOBODY,
        _AS_DELIVERED,
        technical=(
            "source_id",
            "kind",
            "name",
            "sort_key",
            "identifier",
            "parent_source_id",
            "source",
        ),
    ),
    PersonalData(
        person.name,
        _("Knows who people are, so that they are called by name and signed in as themselves"),
        _TASK,
        _AS_DELIVERED,
        {
            "source_id": FieldPrivacy(_ORDINARY, _("The person's id at the source")),
            "given_name": FieldPrivacy(_ORDINARY, _("First name; of a protected person the alias")),
            "family_name": FieldPrivacy(
                _ORDINARY, _("Family name; of a protected person the alias")
            ),
            "name": FieldPrivacy(_ORDINARY, _("The whole name, as it is shown")),
            "sort_key": FieldPrivacy(_ORDINARY, _("The name, as it is sorted by")),
            "search_key": FieldPrivacy(_ORDINARY, _("The name, as it is found by")),
            "protected": FieldPrivacy(_CONFIDENTIAL, _("Whether name and address are protected")),
            "uniid": FieldPrivacy(_ORDINARY, _("UNI-ID, which people sign in with")),
            "birth_date": FieldPrivacy(_ORDINARY, _("Date of birth")),
        },
        technical=("source",),
    ),
    PersonalData(
        contact.name,
        _("Lets staff and those with whom the person shares it reach the person"),
        _TASK,
        _("As long as it holds; a new delivery replaces it"),
        {
            "person_id": FieldPrivacy(_ORDINARY, _("Whose contact data it is")),
            "email": FieldPrivacy(_ORDINARY, _("E-mail address")),
            "phone": FieldPrivacy(_ORDINARY, _("Telephone number")),
            "mobile": FieldPrivacy(_ORDINARY, _("Mobile number")),
            "address": FieldPrivacy(_CONFIDENTIAL, _("Home address")),
            "email_protected": FieldPrivacy(
                _CONFIDENTIAL, _("Whether the e-mail address is protected")
            ),
            "phone_protected": FieldPrivacy(
                _CONFIDENTIAL, _("Whether the telephone number is protected")
            ),
            "mobile_protected": FieldPrivacy(
                _CONFIDENTIAL, _("Whether the mobile number is protected")
            ),
            "address_protected": FieldPrivacy(
                _CONFIDENTIAL, _("Whether the home address is protected")
            ),
        },
    ),
    PersonalData(
        profile.name,
        _("Knows at which institution somebody is what, on which all rights hang"),
        _TASK,
        _AS_DELIVERED,
        {
            "person_id": FieldPrivacy(_ORDINARY, _("Which person it is")),
            "institution_id": FieldPrivacy(_ORDINARY, _("At which institution")),
            "kind": FieldPrivacy(_ORDINARY, _("As what: employee, pupil, guardian, external")),
            "title": FieldPrivacy(_ORDINARY, _("Post at the institution")),
            "level": FieldPrivacy(_ORDINARY, _("Year of school")),
            "valid_from": FieldPrivacy(_ORDINARY, _("Since when")),
            "valid_to": FieldPrivacy(_ORDINARY, _("Until when")),
        },
        technical=(
            "derived",
            "source",
        ),
    ),
    PersonalData(
        profile_role.name,
        _("Knows who has which administrative post"),
        _TASK,
        _AS_DELIVERED,
        {
            "profile_id": FieldPrivacy(_ORDINARY, _("Whose post it is")),
            "role": FieldPrivacy(_ORDINARY, _("Which post")),
        },
        technical=("source",),
    ),
    PersonalData(
        group.name,
        _("Knows the classes and groups of an institution"),
        _NOBODY,
        _AS_DELIVERED,
        technical=(
            "institution_id",
            "source_id",
            "name",
            "sort_key",
            "kind",
            "level",
            "source",
        ),
    ),
    PersonalData(
        membership.name,
        _("Knows who is and was in which group"),
        _TASK,
        _AS_DELIVERED,
        {
            "group_id": FieldPrivacy(_ORDINARY, _("Which group")),
            "profile_id": FieldPrivacy(_ORDINARY, _("Who is in it")),
            "role": FieldPrivacy(_ORDINARY, _("As what: member or teacher")),
            "valid_from": FieldPrivacy(_ORDINARY, _("Since when")),
            "valid_to": FieldPrivacy(_ORDINARY, _("Until when")),
        },
        technical=("source",),
    ),
    PersonalData(
        guardianship.name,
        _("Knows whose guardian and contact person somebody is, and so what they see of a child"),
        _TASK,
        _AS_DELIVERED,
        {
            "guardian_person_id": FieldPrivacy(_ORDINARY, _("The guardian or contact person")),
            "child_person_id": FieldPrivacy(_ORDINARY, _("The child")),
            "relation": FieldPrivacy(_ORDINARY, _("What they are to the child")),
            "custody": FieldPrivacy(_CONFIDENTIAL, _("Whether they have custody")),
            "extended_access": FieldPrivacy(_CONFIDENTIAL, _("Whether they have extended access")),
            "valid_from": FieldPrivacy(_CONFIDENTIAL, _("Since when that holds")),
            "valid_to": FieldPrivacy(_CONFIDENTIAL, _("Until when that holds")),
        },
        technical=("source",),
    ),
    PersonalData(
        imported.name,
        _("Tells what deliveries of stamdata have changed, by numbers"),
        _NOBODY,
        _BY_SCHEDULE,
        technical=(
            "source",
            "format",
            "mode",
            "state",
            "errors",
            "counts",
            "stops",
        ),
    ),
    PersonalData(
        as_of.name,
        _("Keeps an older delivery from undoing a newer one"),
        _NOBODY,
        _("As long as the installation runs"),
        technical=(
            "source",
            "source_id",
        ),
    ),
    PersonalData(
        import_error.name,
        _("Tells which rows of a delivery could not be taken, without what stood in them"),
        _NOBODY,
        _BY_SCHEDULE,
        technical=(
            "import_id",
            "number",
            "file",
            "line",
            "field",
            "code",
            "reason",
            "fatal",
        ),
    ),
)
