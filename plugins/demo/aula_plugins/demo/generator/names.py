"""Names that are common in Denmark; whoever bears a combination of them here is made up."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIRLS = _words(
    """
    Agnes Alberte Alma Andrea Anna Asta Astrid Aya Caroline Clara Ella Ellen Ellie Emma Ea
    Esther Filippa Frida Gry Hannah Ida Ingrid Isabella Josefine Karla Kaja Laura Lea
    Leonora Liva Liv Luna Lærke Maja Marie Mathilde Mille Molly Nora Olivia Rosa Sara Saga
    Signe Silje Sofia Solvej Thea Tilde Vigga Viola Yasmin Zahra Amina Freja Merle Nanna
    Naja Åse Bodil
    """
)
BOYS = _words(
    """
    Adam Aksel Albert Alfred Anton Arthur August Asger Bertram Birk Bjørn Carl Christian
    Elias Elliot Emil Erik Felix Frederik Gustav Hjalte Holger Hugo Jakob Johan Johannes
    Jonas Karl Konrad Lauge Liam Loui Lucas Magnus Malthe Marius Mathias Mikkel Milas Noah
    Nohr Oliver Oscar Otto Peter Philip Sander Silas Storm Søren Theo Thor Tristan Valdemar
    Victor Vilhelm Villads Vitus William Yusuf Mohammad Ibrahim Ali Åge Bølle Jeppe Kalle
    Rune
    """
)
WOMEN = _words(
    """
    Anne Anja Annette Berit Birgitte Bente Camilla Cecilie Charlotte Christina Dorthe Ditte
    Elisabeth Fatima Gitte Hanne Helle Heidi Ida Inge Jette Johanne Julie Karen Katrine
    Kirsten Lene Line Lise Lone Louise Maja Malene Maria Marianne Mette Mona Nadia Pernille
    Pia Rikke Sanne Signe Sofie Stine Susanne Søs Tanja Tina Tove Trine Ulla Vibeke Yasemin
    Åse Æsa Maibritt Rebekka Sidsel Zeynep
    """
)
MEN = _words(
    """
    Ahmed Allan Anders Andreas Bent Benny Bo Brian Carsten Christian Claus Daniel David Emil
    Erik Finn Flemming Frank Hans Henrik Jacob Jan Jens Jeppe Jesper Jonas Jørgen Kasper
    Kenneth Kim Kristian Lars Lasse Leif Mads Martin Mehmet Michael Mikkel Morten Niels
    Nikolaj Ole Omar Palle Per Peter Poul Rasmus René Rune Simon Steen Søren Thomas Torben
    Troels Ulrik Viggo Åge Øjvind
    """
)
FAMILIES = _words(
    """
    Abildgaard Andersen Bach Bak Bisgaard Bjerre Bjerregaard Bonde Brandt Bruun Brøgger Buch
    Bæk Carlsen Christensen Christiansen Clausen Dahl Dam Damgaard Djurhuus Ebbesen
    Enevoldsen Eriksen Frandsen Friis Fynbo Gravesen Gregersen Hald Hansen Hedegaard
    Henriksen Holm Holst Høgh Iversen Jakobsen Jensen Jeppesen Jespersen Johansen Jørgensen
    Juhl Karlsen Kirkegaard Kjeldsen Kjær Klausen Knudsen Koch Krogh Kristensen Lassen
    Laursen Lauridsen Lund Lykke Lyng Madsen Mikkelsen Mogensen Mortensen Munk Møller
    Nielsen Nygaard Nørgaard Olesen Olsen Overgaard Paulsen Pedersen Petersen Poulsen Rask
    Rasmussen Ravn Schmidt Simonsen Skov Skytte Steffensen Svendsen Søgaard Sørensen Thomsen
    Thygesen Toft Vestergaard Vinther Winther Ødum Østergaard Ågård Aaen Yilmaz Demir Hassan
    Ali Ahmed Nguyen Kowalska Abdi
    """
)
STREETS = _words(
    """
    Agerhønevej Blåbærstien Bøgehegnet Dueoddegade Engblommevej Fyrtårnsvej Gyvelbakken
    Havnefronten Hyldevænget Klitrosevej Kornblomstvej Kærmindestien Lodsvej Lærkesporet
    Mågevej Nøddehaven Perlegade Ravkrogen Rønnebærvej Skovduevej Solsortevej Søstjernevej
    Tangloppen Tjørnehegnet Vibevænget Ørnebjergvej Åkandevej
    """
)


def joined_family_name(one: str, other: str) -> str:
    """Return the double name of parents who kept theirs."""
    return one if one == other else f"{one} {other}"
