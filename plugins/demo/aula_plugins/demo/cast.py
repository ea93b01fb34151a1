"""Who can sign in to the demo: a hand-picked cast, the same UNI-IDs every time."""

from enum import StrEnum

import msgspec

FJORDVANG = "Fjordvang"
BAKKEDAL = "Bakkedal"


class Side(StrEnum):
    """Under which heading of the log-in page a person stands."""

    GUARDIAN = "guardian"
    EMPLOYEE = "employee"
    PUPIL = "pupil"
    EXTERNAL = "external"


class Member(msgspec.Struct, frozen=True):
    """One person of the cast. ``name`` is what others may see: a protected person's alias."""

    uniid: str
    given: str
    family: str
    side: Side
    da: str
    en: str
    towns: tuple[str, ...] = (FJORDVANG,)

    @property
    def name(self) -> str:
        """The name in one piece."""
        return f"{self.given} {self.family}"


SIGNE = Member(
    "sign0301", "Signe", "Østergaard", Side.GUARDIAN,
    "Mor til Alma i 3.A på Havbakkeskolen og Villads på Blå stue i Børnehuset Tusindfryd",
    "Mother of Alma in 3.A at Havbakkeskolen and Villads in the day-care Børnehuset Tusindfryd",
)  # fmt: skip
MIKKEL = Member(
    "mikk0302", "Mikkel", "Brandt", Side.GUARDIAN,
    "Far til Karla i 3.A; skilt fra Louise, fælles forældremyndighed",
    "Father of Karla in 3.A; divorced from Louise, shared custody",
)  # fmt: skip
LOUISE = Member(
    "loui0303", "Louise", "Kjær", Side.GUARDIAN,
    "Mor til Karla i 3.A; skilt fra Mikkel, fælles forældremyndighed",
    "Mother of Karla in 3.A; divorced from Mikkel, shared custody",
)  # fmt: skip
KASPER = Member(
    "kasp0304", "Kasper", "Vinther", Side.GUARDIAN,
    "Far til Liam i 3.A; uden forældremyndighed, men med udvidet adgang",
    "Father of Liam in 3.A; no custody, but extended access",
)  # fmt: skip
MARIE = Member(
    "mari0305", "Marie", "Lund", Side.GUARDIAN,
    "Mor til to børn på Havbakkeskolen; familien har navne- og adressebeskyttelse (alias)",
    "Mother of two children at Havbakkeskolen; name and address are protected (an alias)",
)  # fmt: skip
RASMUS = Member(
    "rasm0306", "Rasmus", "Thygesen", Side.GUARDIAN,
    "Far til Esther i 1.B i Fjordvang og Birk i børnehave i Bakkedal",
    "Father of Esther in 1.B in Fjordvang and of Birk in a day-care in Bakkedal",
    (FJORDVANG, BAKKEDAL),
)  # fmt: skip
FLEMMING = Member(
    "flem0307", "Flemming", "Dahl", Side.GUARDIAN,
    "Kontaktperson uden børn: har ikke længere adgang til noget barn",
    "A guardian of nobody: no longer has access to any child",
)  # fmt: skip
KAREN = Member(
    "kare0308", "Karen", "Holm", Side.EMPLOYEE,
    "Klasselærer i 3.A på Havbakkeskolen",
    "Class teacher of 3.A at Havbakkeskolen",
)  # fmt: skip
CAMILLA = Member(
    "cami0309", "Camilla", "Bjerre", Side.EMPLOYEE,
    "Lærer på Engdalsskolen og mor til Oscar i 3.A på Havbakkeskolen",
    "Teacher at Engdalsskolen and mother of Oscar in 3.A at Havbakkeskolen",
)  # fmt: skip
JONAS = Member(
    "jona0310", "Jonas", "Lykke", Side.EMPLOYEE,
    "Pædagog på Blå stue i Børnehuset Tusindfryd",
    "Pedagogue in the day-care Børnehuset Tusindfryd",
)  # fmt: skip
BIRGITTE = Member(
    "birg0311", "Birgitte", "Nørgaard", Side.EMPLOYEE,
    "Skoleleder på Havbakkeskolen",
    "Head of Havbakkeskolen",
)  # fmt: skip
HANNE = Member(
    "hann0312", "Hanne", "Friis", Side.EMPLOYEE,
    "Sekretær og administrator på Havbakkeskolen",
    "Secretary and administrator at Havbakkeskolen",
)  # fmt: skip
ANNE = Member(
    "anne0313", "Anne-Mette", "Rask", Side.EMPLOYEE,
    "Administrator i Fjordvang Kommune",
    "Administrator of the municipality of Fjordvang",
)  # fmt: skip
ALMA = Member(
    "alma0314", "Alma", "Østergaard", Side.PUPIL,
    "Elev i 3.A på Havbakkeskolen",
    "Pupil in 3.A at Havbakkeskolen",
)  # fmt: skip
MALTHE = Member(
    "malt0315", "Malthe", "Krogh", Side.PUPIL,
    "Elev i 8.B på Havbakkeskolen",
    "Pupil in 8.B at Havbakkeskolen",
)  # fmt: skip
TORBEN = Member(
    "torb0316", "Torben", "Bisgaard", Side.EXTERNAL,
    "Ansat på Opholdsstedet Birkely; officielt tilknyttet to elever på Havbakkeskolen",
    "Works at the residential home Birkely; officially attached to two pupils",
)  # fmt: skip

CAST = (
    SIGNE, MIKKEL, LOUISE, KASPER, MARIE, RASMUS, FLEMMING, KAREN, CAMILLA, JONAS, BIRGITTE,
    HANNE, ANNE, ALMA, MALTHE, TORBEN,
)  # fmt: skip
