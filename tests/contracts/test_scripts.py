"""Our scripts show text as text, and write no property whose name came from elsewhere.

They are few, and read here as they stand, comments and strings too: nothing hides behind a quote.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workspace.places import ROOT

SINKS = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTML|setHTMLUnsafe|parseHTMLUnsafe"
    r"|createContextualFragment|srcdoc|document\.write|document\.writeln|eval|Function|RegExp"
    r"|javascript:)|\bsetAttribute\w*\(\s*[\"'`]on|\bset(?:Timeout|Interval)\(\s*[\"'`]"
    r"|(?<!caches)\.(?:match|matchAll|search)\((?!\s*[/)])"
)
"""What makes HTML, code or an expression of a text (ASVS 3.2.2, 1.2.9)."""
_BY_NAME = r"\w*[\w)\]]\[(?![\"'][\w-]+[\"']\]\s*=)[^\n;]*?\]"
_OPERATOR = r"(?:\*\*|<<|>>>?|&&|\|\||\?\?|[-+*/%&|^])?"
PROTOTYPES = re.compile(
    rf"__proto__|\bprototype\b|\bsetPrototypeOf\b|{_BY_NAME}\s*{_OPERATOR}=(?![=>])"
    r"|\bObject\.(?:assign|definePropert)|\bReflect\b|\bfor\s*\([^)]*\bin\b"
)
"""What can write a property under a name that is decided elsewhere (ASVS 15.3.6)."""
REVIEWED = {
    (
        "aula_platform/web/assets/js/requests.js",
        "headers[name] =",
    ): "the name stands in our page",
    ("aula_platform/web/assets/js/editor.js", "Object.assign"): "words that stand in the script",
}
PARSES = {"aula_platform/web/assets/js/elements/recipients.js"}
"""Who reads a page of our own server as HTML; the parser runs nothing of it."""


def find_scripts(files: list[Path]) -> dict[str, str]:
    """Return the scripts that we have written, by their path."""
    written = [path for path in files if path.suffix in {".js", ".mjs"}]
    named = {path.relative_to(ROOT).as_posix(): path for path in written}
    ours = ("aula_platform/web/assets/js/", "plugins/", "sdk/", "registry/")
    return {name: path.read_text() for name, path in named.items() if name.startswith(ours)}


def test_no_script_makes_html_or_code_of_text(repository_files: list[Path]) -> None:
    """ASVS 3.2.2: they use textContent; parsing is left to who shows our own server's parts."""
    scripts = find_scripts(repository_files)
    assert len(scripts) > 10
    found = {name: SINKS.findall(code) for name, code in scripts.items()}
    assert {name: sinks for name, sinks in found.items() if sinks} == {}
    assert {name for name, code in scripts.items() if "DOMParser" in code} == PARSES


def test_no_script_writes_a_property_by_anothers_name(repository_files: list[Path]) -> None:
    """ASVS 15.3.6: what comes from elsewhere names no property; collections are Map and Set."""
    found = {
        (name, " ".join(one.group().split()))
        for name, code in find_scripts(repository_files).items()
        for one in PROTOTYPES.finditer(code)
    }
    assert found == set(REVIEWED)


@pytest.mark.parametrize(
    "code",
    [
        "box.innerHTML = words;",
        "box.insertAdjacentHTML('beforeend', `<p>${words}</p>`);",
        "eval(words)",
        "new RegExp(words)",
        "const x = `${box.outerHTML}`;",
        "const x = `https://${y}`; box.innerHTML = words;",
        "box['innerHTML'] = words;",
        "box.setAttribute('onclick', words);",
        "text.match(words)",
    ],
)
def test_a_sink_is_found(code: str) -> None:
    """The check can fail."""
    assert SINKS.search(code)


@pytest.mark.parametrize(
    "code",
    [
        "known[name] = value;",
        "known[names[0]] = value;",
        "known[name] ??= value;",
        "known['__proto__'] = value;",
        "Object.defineProperty(known, name, { value });",
        "Reflect.set(known, name, value);",
        "Object.assign(known, given);",
        "for (const name in given) keep(name);",
        "known.__proto__.x = 1;",
    ],
)
def test_a_write_by_name_is_found(code: str) -> None:
    """The check can fail."""
    assert PROTOTYPES.search(code)


@pytest.mark.parametrize(
    "code",
    ["if (a[b] === c) {}", "const [name, value] = pair;", "kept['fixed'] = 1;", "/^a/.test(text)"],
)
def test_what_is_neither_passes(code: str) -> None:
    """Nor do the checks see what is not there."""
    assert not SINKS.search(code)
    assert not PROTOTYPES.search(code)
