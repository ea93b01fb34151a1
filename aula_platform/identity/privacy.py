"""What identity keeps about people, why, on what ground and for how long (GDPR art. 30)."""

from aula_platform.identity.tables import (
    access_key,
    account,
    account_person,
    break_glass,
    broker_answer,
    credential,
    device,
    epoch,
    impersonation,
    login_attempt,
    login_rate,
    pin,
    replay_cache,
    session,
    shared_device,
    typed,
)
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_TASK = _("Task of a public authority (GDPR art. 6(1)(e)), under the laws on schools and day-care")
_SECURITY = _("Legal obligation to keep personal data safe (GDPR art. 6(1)(c) and art. 32)")
_NOBODY = _("None is needed: nothing about people is kept here")
_WITH_THE_ACCOUNT = _(
    "Until the account is closed, and then under the municipality's retention schedule"
)
_ORDINARY = DataClass.ORDINARY
_CONFIDENTIAL = DataClass.CONFIDENTIAL

PERSONAL_DATA: tuple[PersonalData, ...] = (
    PersonalData(
        account.name,
        _("Lets a human being sign in once for everything they are"),
        _TASK,
        _WITH_THE_ACCOUNT,
        {
            "uniid": FieldPrivacy(_ORDINARY, _("UNI-ID, which people sign in with")),
            "locale": FieldPrivacy(_ORDINARY, _("Chosen language")),
            "theme": FieldPrivacy(_ORDINARY, _("Chosen colours")),
            "closed_at": FieldPrivacy(_ORDINARY, _("When the account was closed")),
            "new_device_id": FieldPrivacy(
                _ORDINARY, _("Which new device its owner is to be asked about")
            ),
            "new_device_at": FieldPrivacy(_ORDINARY, _("When somebody first logged in with it")),
            "special_access_at": FieldPrivacy(
                _ORDINARY, _("Since when its owner is to be told of special access")
            ),
        },
    ),
    PersonalData(
        credential.name,
        _("Recognises an account when it signs in again"),
        _TASK,
        _WITH_THE_ACCOUNT,
        {
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account it is")),
            "issuer": FieldPrivacy(_ORDINARY, _("Which log-in broker")),
            "subject": FieldPrivacy(_CONFIDENTIAL, _("The broker's pseudonym for the person")),
            "last_used_at": FieldPrivacy(_ORDINARY, _("When it was last used")),
        },
    ),
    PersonalData(
        account_person.name,
        _("Knows which persons of stamdata an account is"),
        _TASK,
        _WITH_THE_ACCOUNT,
        {
            "person_id": FieldPrivacy(_ORDINARY, _("Which person it is")),
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account it is")),
        },
    ),
    PersonalData(
        device.name,
        _("Tells people when somebody logs in to their account with a new device"),
        _SECURITY,
        _("400 days after its last log-in"),
        {
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account it is")),
            "token_hash": FieldPrivacy(
                _CONFIDENTIAL, _("A hash of what the browser's cookie holds")
            ),
            "kind": FieldPrivacy(_ORDINARY, _("Which kind of browser")),
            "last_used_at": FieldPrivacy(_ORDINARY, _("When it was last used")),
        },
    ),
    PersonalData(
        session.name,
        _("Keeps a browser signed in, and shows people where they are"),
        _TASK,
        _("Until it is signed out or has expired"),
        {
            "token_hash": FieldPrivacy(
                _CONFIDENTIAL, _("A hash of what the browser's cookie holds")
            ),
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account it is")),
            "broker": FieldPrivacy(_ORDINARY, _("Which log-in broker")),
            "role": FieldPrivacy(_ORDINARY, _("In which role the person acts")),
            "assurance": FieldPrivacy(
                _ORDINARY, _("How strongly the person has proved who they are")
            ),
            "proved_at": FieldPrivacy(_ORDINARY, _("When they did")),
            "acr": FieldPrivacy(_ORDINARY, _("What the broker calls the way it was proved")),
            "amr": FieldPrivacy(_ORDINARY, _("With which factors it was proved")),
            "broker_subject": FieldPrivacy(
                _CONFIDENTIAL, _("The broker's pseudonym for the person")
            ),
            "broker_sid": FieldPrivacy(_ORDINARY, _("The broker's name for its session")),
            "device": FieldPrivacy(_ORDINARY, _("Which kind of browser")),
            "device_id": FieldPrivacy(_ORDINARY, _("By which name the device is known again")),
            "network": FieldPrivacy(
                _ORDINARY, _("From which network, without the end of the address")
            ),
            "shared_device_id": FieldPrivacy(_ORDINARY, _("At which shared device it is")),
            "shared_profile_id": FieldPrivacy(_ORDINARY, _("As whom the person acts there")),
            "impersonation_id": FieldPrivacy(
                _ORDINARY, _("In which support the site is seen as somebody else")
            ),
            "seen_until": FieldPrivacy(_ORDINARY, _("Until when")),
            "last_seen_at": FieldPrivacy(_ORDINARY, _("When it was last used")),
        },
    ),
    PersonalData(
        impersonation.name,
        _("Shows people who has seen the site as them, to help, and why"),
        _SECURITY,
        _("Under the municipality's retention schedule"),
        {
            "profile_id": FieldPrivacy(_ORDINARY, _("As whom the site was seen")),
            "supporter_id": FieldPrivacy(_ORDINARY, _("Who saw it")),
            "reason": FieldPrivacy(_CONFIDENTIAL, _("Why, in the supporter's words")),
            "began_at": FieldPrivacy(_ORDINARY, _("When it began")),
            "ended_at": FieldPrivacy(_ORDINARY, _("When it was ended")),
        },
        technical=("institution_id", "glass_id"),
    ),
    PersonalData(
        break_glass.name,
        _("Lets a second person decide who reads beyond their rights, and shows people who did"),
        _SECURITY,
        _("Under the municipality's retention schedule"),
        {
            "profile_id": FieldPrivacy(_ORDINARY, _("Whose data it is about")),
            "asker_id": FieldPrivacy(_ORDINARY, _("Who has asked")),
            "decider_id": FieldPrivacy(_ORDINARY, _("Who has decided")),
            "area": FieldPrivacy(_ORDINARY, _("What is to be read")),
            "reason": FieldPrivacy(_CONFIDENTIAL, _("Why, in the asker's words")),
            "hours": FieldPrivacy(_ORDINARY, _("For how long")),
            "ends_at": FieldPrivacy(_ORDINARY, _("When the access ends or ended")),
            "withdrawn_at": FieldPrivacy(_ORDINARY, _("When it was taken back")),
        },
        technical=("institution_id",),
    ),
    PersonalData(
        pin.name,
        _("Lets employees show who they are at a shared device"),
        _SECURITY,
        _WITH_THE_ACCOUNT,
        {
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account it is")),
            "pin_hash": FieldPrivacy(_CONFIDENTIAL, _("A slow hash of the PIN")),
            "failures": FieldPrivacy(_ORDINARY, _("How often a wrong one was typed")),
        },
        technical=("salt", "cost", "changed_at"),
    ),
    PersonalData(
        shared_device.name,
        _("Knows which tablets belong to an institution"),
        _NOBODY,
        _("Until it is unpaired"),
        technical=(
            "institution_id",
            "name",
            "code_hash",
            "code_expires_at",
            "key_hash",
            "paired_at",
        ),
    ),
    PersonalData(
        access_key.name,
        _("Lets people's own programs fetch what they may see themselves"),
        _TASK,
        _("Until it is revoked or has expired"),
        {
            "key_hash": FieldPrivacy(_CONFIDENTIAL, _("A hash of the key")),
            "account_id": FieldPrivacy(_ORDINARY, _("Whose account it is")),
            "broker": FieldPrivacy(_ORDINARY, _("Which log-in broker")),
            "role": FieldPrivacy(_ORDINARY, _("In which role the person acts")),
            "name": FieldPrivacy(_ORDINARY, _("What its owner calls it")),
            "hint": FieldPrivacy(_ORDINARY, _("The first signs of the key, to know it by")),
            "actions": FieldPrivacy(_ORDINARY, _("What it may be used for")),
            "writes": FieldPrivacy(_ORDINARY, _("Whether it may change anything")),
            "last_used_at": FieldPrivacy(_ORDINARY, _("When it was last used")),
        },
    ),
    PersonalData(
        login_attempt.name,
        _("Recognises a browser that comes back from a log-in broker"),
        _SECURITY,
        _("At most fifteen minutes"),
        {
            "browser_hash": FieldPrivacy(_ORDINARY, _("A hash of what the browser's cookie holds")),
            "return_path": FieldPrivacy(_ORDINARY, _("Which page the person wanted")),
            "session_id": FieldPrivacy(_ORDINARY, _("Which session is proved anew")),
        },
        technical=(
            "state_hash",
            "broker",
            "nonce",
            "code_verifier",
        ),
    ),
    PersonalData(
        typed.name,
        _("Gives people back what they had typed when a second factor was asked for"),
        _TASK,
        _("At most fifteen minutes"),
        {
            "session_id": FieldPrivacy(_ORDINARY, _("Whose session it is")),
            "content": FieldPrivacy(
                DataClass.SENSITIVE, _("What was typed, sealed for that session alone")
            ),
        },
    ),
    PersonalData(
        broker_answer.name,
        _("Carries a log-in broker's answer to the browser that it is for"),
        _SECURITY,
        _("At most two minutes"),
        {
            "content": FieldPrivacy(
                _CONFIDENTIAL, _("The answer, sealed for the browser that comes for it")
            ),
        },
        technical=("key",),
    ),
    PersonalData(
        replay_cache.name,
        _("Keeps a log-in broker's logout token from being used twice"),
        _SECURITY,
        _("Until the token itself has expired"),
        {"key": FieldPrivacy(_ORDINARY, _("A hash of the token's own id"))},
    ),
    PersonalData(
        login_rate.name,
        _("Keeps log-ins from being tried without end, and refusals from filling the audit"),
        _SECURITY,
        _("Minutes, until the allowance is whole again; at most a day"),
        {
            "key": FieldPrivacy(_ORDINARY, _("A hash of the address or the account that tried")),
        },
        technical=("paid_until", "left_out"),
    ),
    PersonalData(
        epoch.name,
        _("Tells workers when what they remember is old"),
        _NOBODY,
        _("As long as the installation runs"),
        technical=(
            "rights",
            "activation",
        ),
    ),
)
