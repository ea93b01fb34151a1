"""Drawn pictures for the demo: hills under a sun, or a heap of leaves. Nobody is in them."""

import random
from io import BytesIO

from PIL import Image, ImageDraw

_SIZE = (1200, 900)
_SKIES = ("#cfe8f5", "#fbe3cf", "#e6f0f7", "#fbedbb")
_HILLS = ("#7fa86b", "#5f8f56", "#a9c48b", "#46764a", "#c9a45c")
_SUNS = ("#ffcb57", "#f6a04d", "#fff2c2")


def draw(seed: str) -> bytes:
    """Return a picture (JPEG); the same seed draws the same one."""
    chance = random.Random(seed)  # noqa: S311  # A drawing, no secret.
    image = Image.new("RGB", _SIZE, chance.choice(_SKIES))
    pencil = ImageDraw.Draw(image)
    (_leaves if chance.random() < 0.5 else _landscape)(pencil, chance)  # noqa: PLR2004  # One of two.
    content = BytesIO()
    image.save(content, "JPEG", quality=82)
    return content.getvalue()


def _landscape(pencil: ImageDraw.ImageDraw, chance: random.Random) -> None:
    width, height = _SIZE
    left, top, size = chance.randint(80, 900), chance.randint(60, 200), chance.randint(120, 200)
    pencil.ellipse((left, top, left + size, top + size), fill=chance.choice(_SUNS))
    for row in range(4):
        level = height * (0.45 + 0.14 * row)
        points = [(x, level + chance.randint(-40, 40)) for x in range(0, width + 1, width // 6)]
        pencil.polygon([*points, (width, height), (0, height)], fill=_HILLS[row])
    for _tree in range(chance.randint(4, 9)):
        x, foot = chance.randint(40, width - 40), chance.randint(620, 860)
        pencil.rectangle((x - 7, foot - 60, x + 7, foot), fill="#7a4a21")
        pencil.polygon([(x - 60, foot - 50), (x + 60, foot - 50), (x, foot - 210)], fill="#2f5b3a")


def _leaves(pencil: ImageDraw.ImageDraw, chance: random.Random) -> None:
    width, height = _SIZE
    for _leaf in range(70):
        x, y, size = chance.randint(0, width), chance.randint(0, height), chance.randint(50, 150)
        colour = chance.choice((*_HILLS, *_SUNS, "#c4553b", "#8a3a5f"))
        pencil.pieslice((x, y, x + size, y + size), chance.randint(0, 359), 540, fill=colour)
        pencil.line((x, y, x + size, y + size), fill="#5a3b20", width=4)
