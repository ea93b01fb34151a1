"""The two fictional municipalities, put together."""

from aula_plugins.demo import cast
from aula_plugins.demo.generator.families import fill_with_families
from aula_plugins.demo.generator.model import Post
from aula_plugins.demo.generator.places import (
    fill_groups,
    hire,
    open_daycare,
    open_school,
    remember_last_year,
    staff_daycare,
    staff_school,
)
from aula_plugins.demo.generator.stage import enter_staff, other_half, seat_families
from aula_plugins.demo.generator.town import Town, Uniids


def build(seed: int, school_year: int) -> tuple[Town, Town]:
    """Return Fjordvang with about 1,500 children, and the small Bakkedal."""
    uniids = Uniids()
    for member in cast.CAST:
        uniids.reserve(member.uniid)
    return _fjordvang(seed, school_year, uniids), _bakkedal(seed, school_year, uniids)


def _fjordvang(seed: int, school_year: int, uniids: Uniids) -> Town:
    town = Town(cast.FJORDVANG, "Z01", seed, school_year, uniids)
    school = open_school(
        town, "havbakke", "Havbakkeskolen", "Z01001", tracks="ABC", levels=10, seats=(24, 28)
    )
    other = open_school(
        town, "engdal", "Engdalsskolen", "Z01002", tracks="AB", levels=10, seats=(23, 28)
    )
    daycare = open_daycare(
        town,
        "tusindfryd",
        "Børnehuset Tusindfryd",
        "Z01003",
        rooms=("Blå stue", "Rød stue", "Grøn stue", "Gul stue", "Myretuen", "Mælkebøtten"),
        seats=(18, 24),
    )
    office = town.add_org("ppr", "PPR Fjordvang", "department", "Z01090", "")
    head, secretary = enter_staff(town, cast.BIRGITTE), enter_staff(town, cast.HANNE)
    teacher = enter_staff(town, cast.KAREN)
    staff_school(town, school, {"Leder": head, "TAP": secretary, "3.A": teacher})
    secretary.works(Post(school.org.id, "siteAdministrator", "TAP"))
    staff_school(town, other, {"6.A": enter_staff(town, cast.CAMILLA)})
    staff_daycare(town, daycare, {"Blå stue": enter_staff(town, cast.JONAS)})
    administrator = enter_staff(town, cast.ANNE)
    administrator.works(Post(town.municipality.id, "districtAdministrator", "Konsulent"))
    for danish_role in ("Konsulent", "Konsulent", "TAP"):
        psychologist = town.add_adult("f", address=town.new_address(), mail="fjordvang")
        psychologist.works(Post(office.id, "counselor", danish_role))
    trainee = hire(town, school, "proctor", "Praktikant")
    town.sit(school.room("2.A"), trainee, "aide")
    seat_families(town, school, other, daycare)
    fill_with_families(town, [school, other, daycare])
    for place in (school, other):
        fill_groups(town, place)
        remember_last_year(town, place)
    return town


def _bakkedal(seed: int, school_year: int, uniids: Uniids) -> Town:
    town = Town(cast.BAKKEDAL, "Z02", seed, school_year, uniids)
    school = open_school(
        town, "bakkedal", "Bakkedal Skole", "Z02001", tracks="A", levels=7, seats=(14, 20)
    )
    daycare = open_daycare(
        town,
        "skovtrolden",
        "Børnehaven Skovtrolden",
        "Z02002",
        rooms=("Egernstuen", "Pindsvinestuen"),
        seats=(16, 20),
    )
    staff_school(town, school, {})
    staff_daycare(town, daycare, {})
    other_half(town, daycare.room("Egernstuen"))
    fill_with_families(town, [school, daycare])
    fill_groups(town, school)
    remember_last_year(town, school)
    return town
