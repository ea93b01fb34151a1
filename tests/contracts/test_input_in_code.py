"""Nothing that people send becomes an expression, a template, a format or an address to ask.

The code is parsed. What a rule lets pass although it cannot see why is named here, with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contracts.test_source_rules import list_imported, walk_shipped
from workspace.places import ROOT

Finder = Callable[[str, ast.AST], bool]

_MATCHERS = {
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
}
_CONSTANT = re.compile(r"_{0,2}[A-Z][A-Z0-9_]*")
REVIEWED_EXPRESSIONS = {
    "aula_platform/permissions/granting/explaining.py": "the pattern of a kind of id, ours",
    "aula_platform/testing_wall.py": "the names of tables, in tests alone",
}
REVIEWED_FORMATS = {
    "aula_platform/cli/audit.py": "a text of ours",
    "aula_platform/cli/uninstalling.py": "a text of ours",
    "aula_platform/plugin_host/choices/fields.py": "a text of ours",
    "aula_platform/sampling/chance.py": "a number",
    "aula_platform/sampling/period.py": "months",
    "aula_platform/web/templates.py": "the translation of a text in a template",
    "sdk/aula_sdk/i18n.py": "the translation of a text of ours",
    "plugins/administration/aula_plugins/administration/pages/sample_wording.py": "a text of ours",
    "plugins/administration/aula_plugins/administration/service/telling.py": "a text of ours",
    "plugins/groups/aula_plugins/groups/service/settling.py": "a text of ours",
}
ASKERS = {
    "aula_platform/identity/oidc/http.py": "brokers, at addresses of the configuration",
    "aula_platform/identity/oidc/broker.py": "brokers, at addresses of the configuration",
    "aula_platform/widgets/fetching.py": "the registry, by its configured address and root key",
    "aula_platform/audit/anchors.py": "the store of anchors, as configured",
    "aula_platform/files/blobs.py": "the store of files, as configured",
    "aula_platform/privacy/retention/archive.py": "the archive, as configured",
    "aula_platform/events/presence.py": "nobody: it reads the machine's own name",
    "aula_platform/serving/supervisor.py": "nobody: it listens",
    "aula_platform/serving/worker.py": "nobody: it listens",
    "aula_platform/testing_outside.py": "what tests put in the place of the outside",
    "sdk/aula_sdk/testing/plugin.py": "the application under test",
    "sdk/aula_sdk/tools/publish.py": "the registry, from a vendor's own machine",
    "plugins/demo/aula_plugins/demo/running/places.py": "this machine, for a free port",
    "plugins/demo/aula_plugins/demo/running/processes.py": "the demo's own processes",
}
_ASKING = {
    "aiohttp", "ftplib", "http.client", "httpx", "httpx2", "obstore", "requests", "smtplib",
    "socket", "telnetlib", "urllib.request", "xmlrpc.client", "authlib.integrations.httpx_client",
    "asyncio.open_connection",
}  # fmt: skip


def _is_fixed(node: ast.AST) -> bool:
    """Whether it is written in the code: text, a constant's name, a call of ``re.escape``, or
    something made of these alone.
    """
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _CONSTANT.fullmatch(name) is not None
        case ast.JoinedStr(values=parts):
            return all(_is_fixed(part) for part in parts)
        case ast.FormattedValue(value=inner) | ast.Subscript(value=inner):
            return _is_fixed(inner)
        case ast.BinOp(left=left, right=right):
            return _is_fixed(left) and _is_fixed(right)
        case ast.Call(func=called):
            return ast.unparse(called) == "re.escape"
    return isinstance(node, ast.Constant)


def makes_expression(_name: str, node: ast.AST) -> bool:
    """Whether a regular expression is made of something that is not written in the code."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "re"
        and node.func.attr in _MATCHERS
        and not _is_fixed(node.args[0])
    )


def makes_template(_name: str, node: ast.AST) -> bool:
    """Whether a template is made of a text, instead of being read from the package's files."""
    if "jinja2.DictLoader" in (names := list_imported(node)) or "jinja2.FunctionLoader" in names:
        return True
    return isinstance(node, ast.Attribute) and node.attr in {"from_string", "compile_expression"}


def formats_input(_name: str, node: ast.AST) -> bool:
    """Whether a format is something else than text in the code, or a text of the language files."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        is_number = isinstance(node.right, ast.Constant) or "len(" in ast.unparse(node.right)
        is_text = isinstance(node.left, ast.Call) and ast.unparse(node.left.func) in {"_", "_n"}
        return not (is_number or is_text or _is_fixed(node.left) or _is_fixed(node.right))
    if isinstance(node, ast.Attribute) and node.attr == "format_map":
        return True
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
    ):
        return False
    # Kinds of ids write ids with it, and msgspec documents; neither reads a format.
    receiver = ast.unparse(node.func.value)
    return not (_is_fixed(node.func.value) or receiver in {"kind", "msgspec.json"})


def asks_outside(_name: str, node: ast.AST) -> bool:
    """Whether something is imported by which others can be asked."""
    return any(
        one == known or one.startswith(f"{known}.")
        for one in list_imported(node)
        for known in _ASKING
    ) or (isinstance(node, ast.Attribute) and ast.unparse(node) == "asyncio.open_connection")


def _find(files: list[Path], finder: Finder) -> Iterator[tuple[str, int]]:
    for name, node in walk_shipped(files):
        if "/migrations/" not in name and finder(name, node):
            yield name, getattr(node, "lineno", 0)


@pytest.mark.parametrize(
    ("finder", "reviewed"),
    [
        pytest.param(makes_expression, REVIEWED_EXPRESSIONS, id="expressions"),
        pytest.param(makes_template, {}, id="templates"),
        pytest.param(formats_input, REVIEWED_FORMATS, id="formats"),
        pytest.param(asks_outside, ASKERS, id="outside"),
    ],
)
def test_input_becomes_none_of_these(
    python_files: list[Path], finder: Finder, reviewed: dict[str, str]
) -> None:
    """ASVS 1.2.9, 1.3.7, 1.3.10, 1.3.6: only where it was looked at; no look is left over."""
    found = list(_find(python_files, finder))
    assert [f"{name}:{line}" for name, line in found if name not in reviewed] == []
    assert set(reviewed) == {name for name, _line in found}


def test_every_client_is_bounded_and_follows_nobody() -> None:
    """ASVS 1.3.6: brokers are asked with the checked options, and nothing turns following on."""
    for name in ASKERS:
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if not isinstance(node, ast.Call):
                continue
            named = {one.arg for one in node.keywords}
            assert "follow_redirects" not in named, name
            if ast.unparse(node.func).endswith(("AsyncClient", "AsyncOAuth2Client")):
                options = [one for one in node.keywords if one.arg is None]
                said = [ast.unparse(one.value) for one in options]
                is_test = "testing" in name
                assert is_test or said == ["client_options()"], f"{name}:{node.lineno}"


@pytest.mark.parametrize(
    ("finder", "code"),
    [
        (makes_expression, "re.search(words, text)"),
        (makes_expression, "re.compile(f'{PREFIX}{words}')"),
        (makes_expression, "re.sub('a' + words, '', text)"),
        (makes_template, "environment.from_string(words)"),
        (makes_template, "from jinja2 import DictLoader"),
        (formats_input, "words.format(user)"),
        (formats_input, "words % values"),
        (formats_input, "words.format_map(values)"),
        (asks_outside, "import httpx"),
        (asks_outside, "from urllib.request import urlopen"),
        (asks_outside, "from http import client"),
        (asks_outside, "asyncio.open_connection(host, port)"),
    ],
)
def test_each_is_found(finder: Finder, code: str) -> None:
    """The rules can fail."""
    assert any(finder("x.py", node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize(
    ("finder", "code"),
    [
        (makes_expression, "re.search(r'a' + re.escape(words), text)"),
        (makes_expression, "re.compile(rf'{PREFIX}[0-9]')"),
        (formats_input, "_('%(count)s left') % {'count': words}"),
        (formats_input, "ids.PERSON.format(key)"),
        (formats_input, "number % 12"),
    ],
)
def test_what_is_written_in_the_code_passes(finder: Finder, code: str) -> None:
    """They forbid no more than they say."""
    assert not any(finder("x.py", node) for node in ast.walk(ast.parse(code)))
