"""How long a municipality keeps what, and how it goes when its time is over (DEL-R1 to DEL-R3)."""
