"""The parts of the asset build that are not bundling: fonts, the icon sprite, licences."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONT_FOLDER = Path("dkfds/dist/fonts/IBMPlexSans/complete")
FONT_WEIGHTS = {400: "IBMPlexSans-Regular.ttf", 600: "IBMPlexSans-SemiBold.ttf"}

# Basic Latin and Latin-1 (Danish, English and their neighbours), Latin Extended-A (Polish, Turkish,
# Romanian names) and the typographic signs that the pages use.
FONT_RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B))
FONT_SIGNS = "–—‘’‚“”„•…‹›€−×→"

LICENCES = {
    "dkfds": "dkfds/LICENSE.md",
    "htmx": "htmx.org/LICENSE",
    "lucide": "lucide-static/LICENSE",
    "trix": "trix/LICENSE",
    "dompurify": "dompurify/LICENSE",
    "ibm-plex-sans": str(FONT_FOLDER / "ttf/license.txt"),
}


def subset_fonts(packages: Path, out: Path) -> None:
    """Write IBM Plex Sans in two weights with only the letters that the pages need."""
    letters = {code for first, last in FONT_RANGES for code in range(first, last + 1)}
    letters |= {ord(sign) for sign in FONT_SIGNS}
    for weight, name in FONT_WEIGHTS.items():
        options = subset.Options()
        options.flavor = "woff2"
        options.hinting = False
        options.layout_features = ["kern", "liga", "mark", "mkmk", "locl", "ccmp", "tnum"]
        options.drop_tables += ["FFTM", "meta"]
        with subset.load_font(str(packages / FONT_FOLDER / "ttf" / name), options) as font:
            subsetter = subset.Subsetter(options)
            subsetter.populate(unicodes=sorted(letters))
            subsetter.subset(font)
            # The licence reserves the name "Plex" for the unchanged font.
            rename_font(font, "Aula Sans", str(weight))
            subset.save_font(font, str(out / f"aula-sans-{weight}.woff2"), options)


def rename_font(font: TTFont, family: str, style: str) -> None:
    """Replace the family, full and PostScript names; copyright and licence stay as they are."""
    full = f"{family} {style}"
    names = {1: full, 2: "Regular", 3: full, 4: full, 6: full.replace(" ", "")}
    names |= {16: family, 17: style}
    for record in list(font["name"].names):
        if record.nameID in names:
            font["name"].setName(
                names[record.nameID],
                record.nameID,
                record.platformID,
                record.platEncID,
                record.langID,
            )


def draw_icons(assets: Path, out: Path) -> None:
    """Write one sprite with the icons of ``icons.json``, each under our own name for it."""
    chosen: dict[str, str] = json.loads((assets / "icons.json").read_text())
    symbols = []
    for name, source in sorted(chosen.items()):
        svg = (assets / "node_modules/lucide-static/icons" / f"{source}.svg").read_text()
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)
        drawing = re.sub(r"\s+", " ", inner).replace("> <", "><").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"
    (out / "icons.svg").write_text(sprite)


def copy_licences(packages: Path, folder: Path) -> None:
    """Keep each licence beside what it covers."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in LICENCES.items():
        shutil.copy(packages / source, folder / f"{name}.txt")
