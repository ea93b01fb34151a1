"""The parser: a stream of the elements that are read, with bounds on everything.

There is no document type, no entity of anybody's own and nothing that would be fetched; a file
that has one is refused. Only one person's element is in memory at a time. The standard library's
expat is used directly, because it tells exact lines, never builds a tree, and can leave text that
nobody wants (CPR numbers) unread.
"""

import codecs
from collections import deque
from collections.abc import Collection, Iterator
from pyexpat import ExpatError
from typing import IO, Literal
from xml.parsers import expat

from aula_plugins.stil.entries import Cell, Entry
from aula_plugins.stil.grammar import CONTAINERS, RECORDS, Rule

CHUNK = 1 << 16
MAX_TOKEN = 1 << 18
"""Bytes of one tag, comment or the like; text comes in pieces and is bounded by `MAX_TEXT`."""
MAX_TEXT = 2_000
MAX_DEPTH = 40
MAX_NAMES = 20_000
"""Different names of elements and attributes, which the parser never forgets."""
ENCODINGS = frozenset({"utf-8", "utf-16", "ascii", "iso8859-1", "iso8859-15", "cp1252"})
"""By Python's names for them."""
OWN_TEXT = ""
"""Stands for the text of an element that has fields beside it."""

Event = tuple[Literal["begin", "end"], Entry]


class XmlRefused(Exception):
    """The file as a whole cannot be read; ``reason`` is a code."""

    def __init__(self, reason: str, file: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.file = file
        self.line = line


def parse(stream: IO[bytes], file: str, root: Rule, namespaces: Collection[str]) -> Iterator[Event]:
    """Yield containers as they begin and end, and records as they end.

    Raises `XmlRefused` where the file is not well-formed, not an export or not safe to read.
    """
    reader = _Reader(file, root, namespaces)
    while chunk := stream.read(CHUNK):
        reader.feed(chunk)
        yield from reader.take()
    reader.feed(b"")
    yield from reader.take()


class _Reader:
    """Builds entries from what the parser calls out."""

    def __init__(self, file: str, root: Rule, namespaces: Collection[str]) -> None:
        self._file = file
        self._root = root
        self._namespaces = namespaces
        self._namespace = ""
        self._keys: dict[str, str] = {}
        self._events: deque[Event] = deque()
        self._open: list[tuple[Rule, Entry]] = []
        self._field: tuple[str, int] | None = None
        self._text: list[str] = []
        self._length = 0
        self._passed = 0
        """How many elements are open whose content is passed over."""
        self._fed = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.XmlDeclHandler = self._declare
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end

    def feed(self, chunk: bytes) -> None:
        """Parse a piece of the file; an empty one ends it."""
        try:
            self._parser.Parse(chunk, not chunk)
        except ExpatError as error:
            raise XmlRefused("xml.malformed", self._file, error.lineno) from None
        except (LookupError, ValueError):
            raise XmlRefused("xml.encoding", self._file, 1) from None
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > MAX_TOKEN and chunk:
            raise self._refused("xml.token-too-long")
        if len(self._parser.intern) > MAX_NAMES:
            raise self._refused("xml.too-many-names")

    def take(self) -> Iterator[Event]:
        """Yield what has been found since the last time."""
        while self._events:
            yield self._events.popleft()

    def _refused(self, reason: str) -> XmlRefused:
        return XmlRefused(reason, self._file, self._parser.CurrentLineNumber)

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise self._refused("xml.doctype")

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and codecs.lookup(encoding).name not in ENCODINGS:
            raise self._refused("xml.encoding")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if self._passed:
            self._pass_over()
            return
        if not self._open:
            self._begin_root(name, attributes)
            return
        rule, parent = self._open[-1]
        key = self._keys.get(name) or self._key_of(name)
        is_free = self._field is None or self._field[0] == OWN_TEXT
        if is_free and key in rule.fields:
            self._listen(key)
        elif is_free and key in rule.parts:
            self._begin_entry(rule.parts[key], parent, attributes)
        else:
            parent.has_more = True
            self._pass_over()

    def _key_of(self, name: str) -> str:
        """Return the name by which rules know an element; of foreign ones one that none knows."""
        namespace, _space, local = name.rpartition(" ")
        key = local.lower() if namespace == self._namespace else f"{namespace} {local}"
        self._keys[name] = key
        return key

    def _pass_over(self) -> None:
        self._passed += 1
        if self._field is not None:
            # What is passed over never becomes text.
            self._parser.CharacterDataHandler = None
        if self._passed > MAX_DEPTH:
            raise self._refused("xml.too-deep")

    def _begin_root(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _space, local = name.rpartition(" ")
        if local != self._root.name or namespace not in self._namespaces:
            raise self._refused("xml.not-an-export")
        self._namespace = namespace
        self._begin_entry(self._root, None, attributes)

    def _begin_entry(self, rule: Rule, parent: Entry | None, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if parent is None or rule.name in CONTAINERS or rule.name in RECORDS:
            entry = Entry(rule, self._file, line)
        else:
            entry = parent.begin_part(rule, line)
        for name, text in attributes.items():
            if name.lower() in rule.fields:
                entry.keep(name.lower(), _cell(text, line))
        self._open.append((rule, entry))
        if rule.name in CONTAINERS:
            self._events.append(("begin", entry))
        if rule.content:
            self._listen(OWN_TEXT)

    def _listen(self, key: str) -> None:
        self._field = key, self._parser.CurrentLineNumber
        self._text.clear()
        self._length = 0
        self._parser.CharacterDataHandler = self._hear

    def _hear(self, text: str) -> None:
        # One piece beyond the bound is enough to know that it was crossed.
        if self._length <= MAX_TEXT:
            self._text.append(text)
        self._length += len(text)

    def _end(self, _name: str) -> None:
        if self._passed:
            self._passed -= 1
            if not self._passed and self._field is not None:
                self._parser.CharacterDataHandler = self._hear
            return
        rule, entry = self._open[-1]
        if self._field is not None:
            key, line = self._field
            self._field = None
            self._parser.CharacterDataHandler = None
            entry.keep(rule.content if key == OWN_TEXT else key, _cell("".join(self._text), line))
            if key != OWN_TEXT:
                return
        self._open.pop()
        if rule.name in RECORDS or rule.name in CONTAINERS:
            self._events.append(("end", entry))


def _cell(text: str, line: int) -> Cell:
    return Cell(text.strip(), line) if len(text) <= MAX_TEXT else Cell("", line, "text.too-long")
