"""The read-only views that the SDK publishes as `aula_sdk.stamdata`, as SQL texts (rule 11).

A row of a view holds as long as everything it rests on: a membership no longer than its group, a
guardianship no longer than both profiles. SQLite and PostgreSQL differ only in how the earliest
and the latest of several moments are written; no end counts as the end of time.

A text that a release has carried is never edited: the migration that made the view reads it here.
A changed view is a new version with a text of its own.
"""

_FOREVER = "9223372036854775807"


def _latest(dialect: str, *moments: str) -> str:
    name = "greatest" if dialect == "postgresql" else "max"
    return f"{name}({', '.join(moments)})"


def _earliest(dialect: str, *moments: str) -> str:
    if dialect == "postgresql":
        return f"least({', '.join(moments)})"  # Leaves out what is NULL.
    filled = ", ".join(f"coalesce({moment}, {_FOREVER})" for moment in moments)
    return f"nullif(min({filled}), {_FOREVER})"


def _validity(dialect: str, *rows: str) -> str:
    """Return the two columns that say when all of these rows hold together."""
    starts = _latest(dialect, *(f"{row}.valid_from" for row in rows))
    ends = _earliest(dialect, *(f"{row}.valid_to" for row in rows))
    return f"{starts} AS valid_from, {ends} AS valid_to"


def _wall(dialect: str, row: str) -> str:
    """Return the municipality's column, out of reach of SQLite's choice of an index.

    Without statistics it would rather read a whole municipality than look up two profiles.
    """
    plain = "" if dialect == "postgresql" else "+"
    return f"{plain}{row}.municipality_id AS municipality_id"


def _institution(dialect: str) -> str:
    return f"""
SELECT place.id, place.name, place.kind, {_wall(dialect, "place")},
       place.valid_from, place.valid_to
FROM stamdata_institution AS place
"""  # noqa: S608  # Built from the constants of this module alone, here and below.


def _profile(dialect: str) -> str:
    return f"""
SELECT profile.id, profile.person_id, profile.institution_id, profile.kind, person.name,
       person.sort_key, person.search_key, profile.title, {_wall(dialect, "profile")},
       profile.valid_from, profile.valid_to
FROM stamdata_profile AS profile
JOIN stamdata_person AS person ON person.id = profile.person_id
"""  # noqa: S608


def _group(dialect: str) -> str:
    return f"""
SELECT kin.id, kin.institution_id, kin.name, kin.sort_key, kin.kind, {_wall(dialect, "kin")},
       kin.valid_from, kin.valid_to
FROM stamdata_group AS kin
"""  # noqa: S608


def _membership(dialect: str) -> str:
    return f"""
SELECT member.group_id, member.profile_id, kin.institution_id, member.role,
       {_wall(dialect, "member")}, {_validity(dialect, "member", "kin")}
FROM stamdata_membership AS member
JOIN stamdata_group AS kin ON kin.id = member.group_id
"""  # noqa: S608


def _guardianship(dialect: str) -> str:
    return f"""
SELECT guardian.id AS guardian_id, child.id AS child_id, child.institution_id, tie.relation,
       tie.custody, (tie.custody OR tie.extended_access) AS access, {_wall(dialect, "tie")},
       {_validity(dialect, "tie", "guardian", "child")}
FROM stamdata_guardianship AS tie
JOIN stamdata_profile AS child
  ON child.person_id = tie.child_person_id AND child.kind = 'pupil'
JOIN stamdata_profile AS guardian
  ON guardian.person_id = tie.guardian_person_id AND guardian.kind = 'guardian'
 AND guardian.institution_id = child.institution_id
"""  # noqa: S608


def _reach(dialect: str) -> str:
    return f"""
SELECT member.group_id, member.profile_id, profile.kind, NULL AS child_id,
       profile.institution_id, {_wall(dialect, "member")}, {_validity(dialect, "member", "kin")}
FROM stamdata_membership AS member
JOIN stamdata_group AS kin ON kin.id = member.group_id
JOIN stamdata_profile AS profile ON profile.id = member.profile_id
UNION ALL
SELECT member.group_id, guardian.id AS profile_id, guardian.kind, child.id AS child_id,
       guardian.institution_id, {_wall(dialect, "member")},
       {_validity(dialect, "member", "kin", "tie", "guardian")}
FROM stamdata_membership AS member
JOIN stamdata_group AS kin ON kin.id = member.group_id
JOIN stamdata_profile AS child ON child.id = member.profile_id AND child.kind = 'pupil'
JOIN stamdata_guardianship AS tie
  ON tie.child_person_id = child.person_id AND (tie.custody OR tie.extended_access)
JOIN stamdata_profile AS guardian
  ON guardian.person_id = tie.guardian_person_id AND guardian.kind = 'guardian'
 AND guardian.institution_id = child.institution_id
"""  # noqa: S608


_WAYS = ("email", "phone", "mobile", "address")
_IN_A_PROTECTED_FAMILY = """(
  EXISTS (SELECT 1 FROM stamdata_guardianship AS tie
          JOIN stamdata_person AS kin ON kin.id = tie.child_person_id
          WHERE tie.guardian_person_id = person.id AND kin.protected)
  OR EXISTS (SELECT 1 FROM stamdata_guardianship AS tie
             JOIN stamdata_person AS kin ON kin.id = tie.guardian_person_id
             WHERE tie.child_person_id = person.id AND kin.protected)
  OR EXISTS (SELECT 1 FROM stamdata_guardianship AS tie
             JOIN stamdata_guardianship AS other
               ON other.guardian_person_id = tie.guardian_person_id
             JOIN stamdata_person AS kin ON kin.id = other.child_person_id
             WHERE tie.child_person_id = person.id AND kin.protected))"""


def _contact(dialect: str) -> str:
    """How to reach each person, without what is protected (STM-12, STM-14).

    What is not to be known leaves the kernel nowhere, and leaves no mark: it looks as if it were
    not registered. Nor does the address of a parent, child or sibling tell where a protected
    person lives (R8). One row for each person, so that the view is no more than a join to SQLite,
    which would gather a union of everybody's data first.
    """
    protected = {way: f"person.protected OR reached.{way}_protected" for way in _WAYS}
    protected["address"] += f" OR {_IN_A_PROTECTED_FAMILY}"
    ways = ",\n       ".join(
        f"CASE WHEN {protected[way]} THEN '' ELSE coalesce(reached.{way}, '') END AS {way}"
        for way in _WAYS
    )
    return f"""
SELECT person.id AS person_id,
       {ways},
       {_wall(dialect, "person")}, person.valid_from, person.valid_to
FROM stamdata_person AS person
LEFT JOIN stamdata_contact AS reached ON reached.person_id = person.id
"""  # noqa: S608


def contact_view_texts(dialect: str) -> dict[str, str]:
    """Return the view that came after the first ones, as `view_texts` does."""
    return {"stamdata_contact_v1": _contact(dialect)}


def reach_of_guardian_members(dialect: str) -> str:
    """Return the view of reach since guardians can be members themselves (decision 0016).

    The columns are those of the first version. A guardian who is a member is reached for each
    child with access at the guardian's institution, so that whoever loses access is not reached.
    """
    members, guardians = _reach(dialect).split("UNION ALL")
    return f"""{members.rstrip()} AND profile.kind <> 'guardian'
UNION ALL{guardians}UNION ALL
SELECT member.group_id, member.profile_id, profile.kind, child.id AS child_id,
       profile.institution_id, {_wall(dialect, "member")},
       {_validity(dialect, "member", "kin", "tie", "profile", "child")}
FROM stamdata_membership AS member
JOIN stamdata_group AS kin ON kin.id = member.group_id
JOIN stamdata_profile AS profile ON profile.id = member.profile_id AND profile.kind = 'guardian'
JOIN stamdata_guardianship AS tie
  ON tie.guardian_person_id = profile.person_id AND (tie.custody OR tie.extended_access)
JOIN stamdata_profile AS child
  ON child.person_id = tie.child_person_id AND child.kind = 'pupil'
 AND child.institution_id = profile.institution_id
"""  # noqa: S608


def birth_view_texts(dialect: str) -> dict[str, str]:
    """Return the view of when pupils were born, as `view_texts` does.

    A day is one number there (20121130): so many years later is a sum, in both databases.
    """
    born = {
        "postgresql": "to_char(person.birth_date, 'YYYYMMDD')",
        "sqlite": "strftime('%Y%m%d', person.birth_date)",
    }[dialect]
    text = f"""
SELECT profile.id AS profile_id, CAST({born} AS INTEGER) AS born, {_wall(dialect, "profile")}
FROM stamdata_profile AS profile
JOIN stamdata_person AS person ON person.id = profile.person_id
WHERE profile.kind = 'pupil' AND person.birth_date IS NOT NULL
"""  # noqa: S608
    return {"stamdata_birth_v1": text}


def view_texts(dialect: str) -> dict[str, str]:
    """Return the SELECT of each view by its name, for ``sqlite`` or ``postgresql``."""
    return {
        "stamdata_institution_v1": _institution(dialect),
        "stamdata_profile_v1": _profile(dialect),
        "stamdata_group_v1": _group(dialect),
        "stamdata_membership_v1": _membership(dialect),
        "stamdata_guardianship_v1": _guardianship(dialect),
        "stamdata_reach_v1": _reach(dialect),
    }
