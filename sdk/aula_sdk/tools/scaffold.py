"""``aula-sdk new``: the first files of a widget or a plugin, ready to run."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_PLUGIN = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
_FOLDER, _ENDING = "+", ".template"
"""How the files of a template are named: its folders with ``+`` between, and no ending by which
anybody would take them for our own."""
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


def new_plugin(name: str, folder: Path) -> list[Path]:
    """Write a plugin's first files into ``folder``, which must not exist; return them.

    It is installed, tested and switched on as it is: notes that the staff of an institution share.
    """
    if not _PLUGIN.match(name):
        raise NotScaffolded(
            f"{name} is not a name such as lost_property: lower-case letters, digits and single _"
        )
    if folder.exists():
        raise NotScaffolded(f"{folder} is there already")
    words = {
        "@@NAME@@": name,
        "@@DASHED@@": name.replace("_", "-"),
        "@@TITLE@@": name.replace("_", " ").capitalize(),
        # Three letters that no id of the platform begins with.
        "@@PREFIX@@": f"n{name.replace('_', ''):x<2}"[:3],
    }
    folder.mkdir(parents=True)
    template = files("aula_sdk.tools").joinpath("templates", "plugin")
    return [_write(source, folder, words) for source in sorted(template.iterdir(), key=_name)]


def _name(source: Traversable) -> str:
    return source.name


def _write(source: Traversable, folder: Path, words: dict[str, str]) -> Path:
    path = source.name.removesuffix(_ENDING).replace(_FOLDER, "/")
    text = source.read_text(encoding="utf-8")
    for mark, word in words.items():
        path, text = path.replace(mark, word), text.replace(mark, word)
    written = folder / path
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(text, encoding="utf-8")
    return written
