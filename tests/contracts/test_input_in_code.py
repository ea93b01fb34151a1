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
_EXPRESSIONS = {"regex", "re2", *(f"re.{one}" for one in _MATCHERS)}
_IN_SQL = {"regexp_match", "regexp_replace"}
_TEMPLATES = {"Template", "DictLoader", "FunctionLoader"}
_CONSTANT = re.compile(r"_{0,2}[A-Z][A-Z0-9_]*")
REVIEWED_EXPRESSIONS = {
    "aula_platform/permissions/granting/explaining.py": "the pattern of a kind of id, ours",
    "aula_platform/testing_wall.py": "the names of tables, in tests alone",
}
REVIEWED_TEMPLATES = {
    "aula_platform/privacy/exporting.py": "a page of ours; it puts values in and runs nothing",
}
REVIEWED_FORMATS = {
    "aula_platform/audit/expiring.py": "months",
    "aula_platform/cli/audit.py": "a text of ours",
    "aula_platform/cli/uninstalling.py": "a text of ours",
    "aula_platform/plugin_host/choices/fields.py": "a text of ours",
    "aula_platform/privacy/retention/calendar.py": "months",
    "aula_platform/sampling/chance.py": "a number",
    "aula_platform/sampling/period.py": "months",
    "aula_platform/stamdata/importing/telling.py": "how wide a column is",
    "aula_platform/web/shell_context.py": "a number",
    "aula_platform/web/templates.py": "the translation of a text in a template",
    "sdk/aula_sdk/i18n.py": "the translation of a text of ours",
    "plugins/administration/aula_plugins/administration/demo/samples.py": "a number",
    "plugins/administration/aula_plugins/administration/pages/retention_wording.py": "months",
    "plugins/administration/aula_plugins/administration/pages/sample_wording.py": "a text of ours",
    "plugins/administration/aula_plugins/administration/service/telling.py": "a text of ours",
    "plugins/demo/aula_plugins/demo/generator/places.py": "a number",
    "plugins/groups/aula_plugins/groups/service/settling.py": "a text of ours",
    "plugins/messages/aula_plugins/messages/demo/play.py": "a number",
    "plugins/oneroster/aula_plugins/oneroster/rows.py": "a number",
    "plugins/posts/aula_plugins/posts/demo/play.py": "a number",
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
    "sdk/aula_sdk/widget_token.py": "the platform, from a vendor's own machine",
    "sdk/aula_sdk/tools/publish.py": "the registry, from a vendor's own machine",
    "plugins/demo/aula_plugins/demo/running/places.py": "this machine, for a free port",
    "plugins/demo/aula_plugins/demo/running/processes.py": "the demo's own processes",
}
_ASKING = {
    "aiohttp", "ftplib", "http.client", "httpx", "httpx2", "obstore", "requests", "smtplib",
    "socket", "telnetlib", "urllib.request", "xmlrpc.client", "authlib.integrations.httpx_client",
    "asyncio.open_connection", "urllib3", "webbrowser",
}  # fmt: skip
_CONNECTS = {
    "open_connection", "create_connection", "sock_connect", "urlopen", "urlretrieve",
    "parse_remote", "PyJWKClient",
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
    """Whether a regular expression is made of something that is not written in the code, or `re`
    comes in under a name by which that could not be seen.
    """
    if isinstance(node, ast.Import) and any(one.name == "re" and one.asname for one in node.names):
        return True
    if list_imported(node) & _EXPRESSIONS:
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    is_ours = ast.unparse(node.func.value) == "re" and node.func.attr in _MATCHERS
    if not is_ours and node.func.attr not in _IN_SQL:
        return False
    named = [one.value for one in node.keywords if one.arg in {"pattern", None}]
    return not all(_is_fixed(one) for one in [*node.args, *named][:1])


def makes_template(_name: str, node: ast.AST) -> bool:
    """Whether a template is made of a text, instead of being read from the package's files."""
    if {"jinja2.DictLoader", "jinja2.FunctionLoader"} & list_imported(node):
        return True
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _TEMPLATES:
        return True
    return isinstance(node, ast.Attribute) and node.attr in {"from_string", "compile_expression"}


def formats_input(_name: str, node: ast.AST) -> bool:
    """Whether a format is something else than text in the code, or a text of the language files."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        is_text = isinstance(node.left, ast.Call) and ast.unparse(node.left.func) in {"_", "_n"}
        return not (is_text or _is_fixed(node.left))
    if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
        return not _is_fixed(node.format_spec)
    if isinstance(node, ast.Attribute) and node.attr in {"format_map", "vformat"}:
        return True
    return isinstance(node, ast.Call) and not all(map(_is_fixed, _formats_of(node)))


def _formats_of(call: ast.Call) -> list[ast.expr]:
    """Return what the call takes as a format."""
    if isinstance(call.func, ast.Name):
        return call.args[1:] if call.func.id == "format" else []
    if not isinstance(call.func, ast.Attribute):
        return []
    if call.func.attr == "strftime":
        return call.args
    # Kinds of ids write ids with it, and msgspec documents; neither reads a format.
    is_ours = ast.unparse(call.func.value) in {"kind", "msgspec.json"}
    return [call.func.value] if call.func.attr == "format" and not is_ours else []


def asks_outside(_name: str, node: ast.AST) -> bool:
    """Whether something is imported or called by which others can be asked."""
    return any(
        one == known or one.startswith(f"{known}.")
        for one in list_imported(node)
        for known in _ASKING
    ) or (isinstance(node, ast.Attribute) and node.attr in _CONNECTS)


def _find(files: list[Path], finder: Finder) -> Iterator[tuple[str, int]]:
    for name, node in walk_shipped(files):
        if "/migrations/" not in name and finder(name, node):
            yield name, getattr(node, "lineno", 0)


@pytest.mark.parametrize(
    ("finder", "reviewed"),
    [
        pytest.param(makes_expression, REVIEWED_EXPRESSIONS, id="expressions"),
        pytest.param(makes_template, REVIEWED_TEMPLATES, id="templates"),
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
                is_ours = [one.partition("(")[0] for one in said] == ["client_options"]
                assert is_test or is_ours, f"{name}:{node.lineno}"


@pytest.mark.parametrize(
    ("finder", "code"),
    [
        (makes_expression, "re.search(words, text)"),
        (makes_expression, "re.compile(f'{PREFIX}{words}')"),
        (makes_expression, "re.sub('a' + words, '', text)"),
        (makes_expression, "re.compile(pattern=words)"),
        (makes_expression, "from re import search"),
        (makes_expression, "import re as expressions"),
        (makes_expression, "column.regexp_match(words)"),
        (makes_template, "environment.from_string(words)"),
        (makes_template, "jinja2.Template(words).render()"),
        (makes_template, "Template(words)"),
        (makes_template, "jinja2.DictLoader({'page': words})"),
        (makes_template, "from jinja2 import DictLoader"),
        (formats_input, "words.format(user)"),
        (formats_input, "words % values"),
        (formats_input, "words % 5"),
        (formats_input, "words % len(values)"),
        (formats_input, "f'{number:{words}}'"),
        (formats_input, "format(number, words)"),
        (formats_input, "moment.strftime(words)"),
        (formats_input, "words.format_map(values)"),
        (asks_outside, "import httpx"),
        (asks_outside, "from urllib.request import urlopen"),
        (asks_outside, "from http import client"),
        (asks_outside, "asyncio.open_connection(host, port)"),
        (asks_outside, "loop.create_connection(make, host, port)"),
        (asks_outside, "jwt.PyJWKClient(address)"),
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
        (formats_input, "f'{moment:%H:%M} {name:>{_WIDTH}}'"),
        (formats_input, "moment.strftime('%H:%M')"),
    ],
)
def test_what_is_written_in_the_code_passes(finder: Finder, code: str) -> None:
    """They forbid no more than they say."""
    assert not any(finder("x.py", node) for node in ast.walk(ast.parse(code)))
