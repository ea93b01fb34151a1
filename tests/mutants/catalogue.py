"""The guards that incidents or the law ask for, each taken out in one place, and its test.

What each incident was, ``docs/security/incidents.md`` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Mutant(NamedTuple):
    """One guard taken out."""

    module: str
    guard: str
    """The source of the guard; it stands in the module once."""
    instead: str
    test: str
    """The test that fails without it."""
    incidents: tuple[str, ...]


_MESSAGES = "aula_plugins.messages"
_GLASS = "tests/support/test_break_glass.py"
_SUPPORT = "tests/support/test_impersonation.py"
_ACCESS = "plugins/messages/tests/test_access.py"
_OLD = "tests/together/test_old_data.py"

MUTANTS: Mapping[str, Mutant] = {
    "fields-unclassed-shown": Mutant(
        "aula_plugins.contacts.fields",
        "if CLASSES.get(name) in seen",
        "if CLASSES.get(name, FieldClass.LISTED) in {*seen, FieldClass.LISTED}",
        "plugins/contacts/tests/test_fields.py::test_a_field_without_a_class_is_shown_to_nobody",
        ("R1", "R12"),
    ),
    "threads-of-everybody": Mutant(
        f"{_MESSAGES}.relations",
        "mine.c.profile_id.in_(me.profiles),\n"
        "            sa.or_(mine.c.kind != Kind.GUARDIAN, has_access",
        "mine.c.profile_id.is_not(None),\n"
        "            sa.or_(mine.c.kind != Kind.GUARDIAN, has_access",
        f"{_ACCESS}::test_strangers_meet_nothing",
        ("R2", "R10"),
    ),
    "seen-as-changes-things": Mutant(
        "aula_platform.web.looking_on",
        'if connection.scope.get("method") not in SAFE:',
        "if False:",
        f"{_SUPPORT}::test_nothing_can_be_changed",
        ("R2",),
    ),
    "seen-as-keeps-what-it-does": Mutant(
        "aula_platform.storage.database",
        "if not unit.has_work or unit.looks_on:",
        "if not unit.has_work:",
        f"{_SUPPORT}::test_what_pages_do_by_the_way_has_no_effect",
        ("R2",),
    ),
    "seen-as-shows-all": Mutant(
        "aula_platform.permissions.support.seeing",
        "if one.reads is DataClass.ORDINARY",
        "if one.reads",
        f"{_SUPPORT}::test_what_is_withheld_is_nowhere_in_the_rights",
        ("R2",),
    ),
    "seen-as-who-holds-more": Mutant(
        "aula_platform.permissions.support.seeing",
        "if glass is None and self._holds_more(person, proved, whom.municipality_id):",
        "if False:",
        f"{_SUPPORT}::test_a_given_right_reaches_ones_own_institution_and_nobody_who_holds_more",
        ("R2",),
    ),
    "seen-as-the-protected": Mutant(
        "aula_platform.permissions.support.rights",
        "sa.not_(is_protected), ~sees_protected",
        "sa.true()",
        f"{_SUPPORT}::test_nobody_protected_is_seen_nor_who_sees_them",
        ("R2", "R8"),
    ),
    "glass-approved-by-who-asks": Mutant(
        "aula_platform.permissions.support.rights",
        "return ~is_near",
        "return sa.true()",
        f"{_GLASS}::test_who_may_ask_and_who_may_approve",
        ("R2",),
    ),
    "glass-without-an-end": Mutant(
        "aula_platform.identity.break_glass",
        "return self.ends_at is not None and now < self.ends_at",
        "return self.decided_at is not None",
        f"{_GLASS}::test_it_is_over",
        ("R2",),
    ),
    "glass-opens-all": Mutant(
        "aula_platform.permissions.support.seeing",
        "return areas_of(self._checks.catalogue).get(glass.area, frozenset()) | {FRAME}",
        "return frozenset(self._checks.catalogue.actions)",
        f"{_GLASS}::test_what_a_second_person_approved_is_read_and_nothing_else",
        ("R2",),
    ),
    "glass-told-to-nobody": Mutant(
        "aula_platform.identity.break_glass",
        "await tell_account_of(write, owners)",
        "await tell_account_of(write, [])",
        f"{_GLASS}::test_its_owners_are_told_at_once",
        ("R2",),
    ),
    "glass-tells-the-other-parent": Mutant(
        "aula_platform.permissions.support.glass",
        "if row.protected or not is_protected]",
        "]",
        f"{_GLASS}::test_of_a_protected_child_the_other_parent_is_told_nothing",
        ("R2", "R8"),
    ),
    "glass-reviewed-by-whom-the-child-hides-from": Mutant(
        "aula_platform.permissions.support.rights",
        "sa.and_(is_approved, _is_told_to_family(me, about))",
        "is_approved",
        "tests/support/test_family.py::test_of_a_protected_child_the_family_reviews_nothing",
        ("R2", "R8"),
    ),
    "support-reviewed-by-whom-the-family-hides-from": Mutant(
        "aula_platform.permissions.support.rights",
        "sa.or_(~_is_family(me, about), _is_told_to_family(me, about))",
        "sa.true()",
        "tests/support/test_reviewing.py::test_who_hides_now_is_hidden_from_their_family",
        ("R8",),
    ),
    "keys-as-those-too-young": Mutant(
        "aula_platform.web.guards",
        "is_whole and actor.role",
        "actor.role",
        "tests/together/test_access_keys.py::test_no_key_stands_for_the_second_factor",
        ("R12",),
    ),
    "threads-after-lost-access": Mutant(
        f"{_MESSAGES}.relations",
        "sa.or_(mine.c.kind != Kind.GUARDIAN, has_access(mine, me.now))",
        "sa.true()",
        f"{_ACCESS}::test_lost_access_closes_conversations_at_once",
        ("R7",),
    ),
    "words-changed-after-leaving": Mutant(
        f"{_MESSAGES}.relations",
        "return sa.func.coalesce(message.c.edited_at, message.c.sent_at)",
        "return message.c.sent_at",
        f"{_OLD}::test_words_that_are_changed_later_are_newer",
        ("R7",),
    ),
    "first-words-changed-after-leaving": Mutant(
        f"{_MESSAGES}.queries.inbox",
        "return column if readable is None else",
        "return column if readable is not None else",
        f"{_OLD}::test_words_that_are_changed_later_are_newer",
        ("R7", "R12"),
    ),
    "comments-changed-after-leaving": Mutant(
        "aula_plugins.posts.relations",
        "changed = sa.func.coalesce(comment.c.edited_at, comment.c.written_at)",
        "changed = comment.c.written_at",
        f"{_OLD}::test_words_that_are_changed_later_are_newer",
        ("R7",),
    ),
    "guardians-add-to-what-they-got": Mutant(
        f"{_MESSAGES}.permissions",
        '("messages.add_participant", "creator")',
        '("messages.add_participant", "participant")',
        "plugins/messages/tests/test_participants.py::test_only_some_may_add",
        ("R3",),
    ),
    "answers-go-to-all": Mutant(
        f"{_MESSAGES}.service.replying",
        "act.to_all() if answer.to is ReplyTo.ALL else act.to_sender()",
        "act.to_all()",
        "plugins/messages/tests/test_replying.py::test_an_answer_goes_to_the_sender_alone",
        ("R5",),
    ),
    "stream-outlives-its-session": Mutant(
        "aula_platform.web.live",
        "if now is None or _profiles(now) != _profiles(before):\n        return False",
        "if now is None or _profiles(now) != _profiles(before):\n        return True",
        "tests/live/test_still_same.py::test_stream_lives_as_long_as_its_session",
        ("R7",),
    ),
    "stream-outlives-its-rights": Mutant(
        "aula_platform.web.live",
        "now.holdings == before.holdings and ",
        "",
        "tests/live/test_still_same.py::test_stream_ends_when_what_one_may_do_has_changed",
        ("R7",),
    ),
    "looking-ahead-does-it": Mutant(
        "aula_platform.permissions.moving.desk",
        "async with self._storage.rehearse(wall) as write:",
        "async with self._storage.write(wall) as write:",
        "tests/permissions/test_looking_ahead.py::test_nothing_is_left_of_looking",
        ("R7",),
    ),
    "given-outlives-employment": Mutant(
        "aula_platform.permissions.moving.ending",
        "sa.or_(_whose.c.valid_to <= _NOW, _deputised.c.valid_to <= _NOW),",
        "_deputised.c.valid_to <= _NOW,",
        "tests/permissions/test_what_ends_by_itself.py"
        "::test_what_was_given_does_not_come_back_with_the_person",
        ("R7",),
    ),
    "stream-outlives-custody": Mutant(
        "aula_platform.web.live",
        " and now.children == before.children",
        "",
        "tests/incidents/test_revocation.py::test_lost_access_is_lost_everywhere_at_once",
        ("R7",),
    ),
    "files-for-whoever-asks": Mutant(
        "aula_platform.files.service",
        "await self._permissions.require(read, actor, row.action, about, sees=row.action)",
        "pass",
        "tests/files/test_access.py::test_attached_file_is_for_whoever_may_see_the_object",
        ("R7", "R10"),
    ),
    "family-tells-the-address": Mutant(
        "aula_platform.stamdata.views",
        'protected["address"] += f" OR {_IN_A_PROTECTED_FAMILY}"',
        "_IN_A_PROTECTED_FAMILY",
        "tests/stamdata/test_contact_view.py"
        "::test_the_family_does_not_tell_where_a_protected_child_lives",
        ("R8",),
    ),
    "protected-are-reached": Mutant(
        "aula_platform.stamdata.views",
        'f"person.protected OR reached.{way}_protected"',
        'f"reached.{way}_protected"',
        "tests/stamdata/test_contact_view.py::test_nothing_of_a_protected_person_is_published",
        ("R8",),
    ),
    "onlookers-tell-the-place": Mutant(
        "aula_platform.permissions.onlookers",
        "is_open = is_staff and not (is_protected or looker.protected)",
        "is_open = is_staff",
        "tests/web/test_onlookers.py::test_nothing_tells_where_a_protected_family_is",
        ("R8",),
    ),
    "reasons-tell-the-place": Mutant(
        "aula_platform.permissions.granting.explaining",
        "if profile.id in told)",
        ")",
        "tests/administration/test_reasons.py::test_reasons_of_other_places_are_not_told",
        ("R8",),
    ),
    "staff-reach-every-family": Mutant(
        "aula_plugins.contacts.permissions",
        '("contacts.see_contact_data", "works_with")',
        '("contacts.see_contact_data", "institution")',
        "plugins/contacts/tests/test_who_sees_what.py"
        "::test_staff_reach_the_families_of_their_own_groups",
        ("R9",),
    ),
    "places-of-the-neighbours": Mutant(
        "aula_plugins.administration.service.places",
        "if item_of(place).id == wanted:\n            return place",
        "return place",
        "tests/administration/test_access.py"
        "::test_another_municipalitys_administrator_is_a_stranger",
        ("R10",),
    ),
    "headers-let-in-robots": Mutant(
        "aula_platform.web.headers",
        '"x-robots-tag": "noindex, nofollow",',
        "",
        "tests/identity/test_whole_site.py"
        "::test_no_way_in_is_found_by_search_engines_or_kept_by_caches",
        ("R11",),
    ),
    "headers-foreign-scripts": Mutant(
        "aula_platform.web.headers",
        "script-src 'self' 'nonce-{nonce}'; ",
        "script-src * 'nonce-{nonce}'; ",
        "tests/web/test_shell.py::test_every_answer_carries_the_defences",
        ("R18",),
    ),
    "sessions-of-others-end": Mutant(
        "aula_platform.identity.session_endings",
        "sa.delete(session).where(session.c.id == session_id, session.c.account_id == account_id)",
        "sa.delete(session).where(session.c.id == session_id)",
        "tests/identity/test_sessions.py::test_one_ends_ones_own_sessions_and_nobody_elses",
        ("R13",),
    ),
    "cookies-for-scripts": Mutant(
        "aula_platform.identity.cookies",
        "httponly=True",
        "httponly=False",
        "tests/identity/test_sign_in.py::test_cookies_are_kept_from_scripts_and_neighbours",
        ("R16",),
    ),
    "forms-of-other-sites": Mutant(
        "aula_platform.identity.csrf",
        'return site not in {"same-origin", "none"}',
        "return False",
        "tests/identity/test_csrf.py::test_another_sites_page_is_refused_whatever_it_sends",
        ("R16",),
    ),
    "looks-lost-with-the-unit": Mutant(
        "aula_platform.storage.database",
        "unit = Read(self._reading, wall, actor)\n        try:\n            yield unit\n"
        "        finally:\n            await unit.close()\n"
        "            await self.keep_looks(unit)\n",
        "unit = Read(self._reading, wall, actor)\n        try:\n            yield unit\n"
        "        finally:\n            await unit.close()\n        await self.keep_looks(unit)\n",
        "tests/audit/test_looks.py::test_a_reading_is_kept_though_the_unit_fails",
        ("R19",),
    ),
    "cpr-comes-in": Mutant(
        "aula_platform.stamdata.delivery.checks",
        'return "cpr.refused" if looks_like_cpr(text) else ""',
        'return ""',
        "tests/stamdata/test_rows_that_cannot_be_taken.py"
        "::test_bad_records_are_named_and_the_rest_is_taken",
        ("R20",),
    ),
    "search-beyond-the-right": Mutant(
        f"{_MESSAGES}.queries.search",
        "        can_get_it(),\n        to_person,\n",
        "        can_get_it(),\n",
        "plugins/messages/tests/test_addressing.py::test_search_stays_within_the_right",
        ("R6", "R12"),
    ),
    "export-loses-a-row": Mutant(
        "aula_platform.privacy.exporting",
        "        async for row in read.stream(statement):\n            target",
        "        async for row in read.stream(statement):\n            rows or target",
        "tests/privacy/test_exporting.py::test_it_is_all_there_and_nothing_of_anybody_else",
        ("R25",),
    ),
    "failing-migration-stops-all": Mutant(
        "aula_platform.plugin_host.migrating",
        'host.refuse(owner.name, f"its migration failed ({told})", _REMEDY)',
        "raise",
        "tests/broken_plugins/test_migrations.py"
        "::test_a_failing_migration_leaves_its_plugin_out_and_the_site_starts",
        ("R26",),
    ),
    "old-browsers-shut-out": Mutant(
        "aula_platform.identity.csrf",
        "return origin is not None and urlsplit",
        "return origin is None or urlsplit",
        "tests/identity/test_csrf.py::test_ones_own_page_passes",
        ("R27",),
    ),
    "retention-of-the-neighbours": Mutant(
        "aula_platform.privacy.retention.desk",
        "found = _decides_in(actor).get(municipality_id)",
        "found = _decides_in(actor).get(municipality_id, actor.account_id)",
        "tests/retention/test_announcing.py::test_nobody_else_decides",
        ("R10",),
    ),
    "runs-ignore-freezes": Mutant(
        "aula_platform.privacy.retention.executing",
        "due.where(key.in_(ids), ~held.holds(subject))",
        "due.where(key.in_(ids))",
        "tests/retention/test_freezing.py::test_what_is_frozen_after_the_announcement_stays",
        (),
    ),
    "runs-delete-by-the-policy-of-before": Mutant(
        "aula_platform.privacy.retention.executing",
        "None if previewed is None else min(previewed, now)",
        "previewed",
        "tests/retention/test_deleting.py::test_a_longer_time_decided_meanwhile_spares_it",
        (),
    ),
    "erasures-ignore-freezes": Mutant(
        "aula_platform.privacy.retention.held",
        "if held.whole or ids & held.people:",
        "if held.whole:",
        "tests/retention/test_freezing.py::test_who_is_frozen_is_not_erased",
        (),
    ),
}
