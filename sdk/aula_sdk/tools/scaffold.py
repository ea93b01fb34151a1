"""``aula-sdk new``: the first files of a widget, ready to run."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_ID = re.compile(r"^([a-z][a-z0-9-]{1,39})/([a-z][a-z0-9-]{1,39})$")


class NotScaffolded(Exception):
    """Nothing was written; the text says why."""


def new_widget(package_id: str, folder: Path) -> list[Path]:
    """Write a widget's first files into ``folder``, which must not exist; return them."""
    matched = _ID.match(package_id)
    if not matched:
        raise NotScaffolded(f"{package_id} is not an id such as fjordvang/ugeplan")
    if folder.exists():
        raise NotScaffolded(f"{folder} is there already")
    words = {"@@ID@@": package_id, "@@VENDOR@@": matched[1], "@@NAME@@": matched[2]}
    folder.mkdir(parents=True)
    template = files("aula_sdk.tools").joinpath("templates", "widget")
    return [_write(source, folder, words) for source in sorted(template.iterdir(), key=_name)]


def _name(source: Traversable) -> str:
    return source.name


def _write(source: Traversable, folder: Path, words: dict[str, str]) -> Path:
    text = source.read_text(encoding="utf-8")
    for mark, word in words.items():
        text = text.replace(mark, word)
    written = folder / source.name.removesuffix(".template")
    written.write_text(text, encoding="utf-8")
    return written
