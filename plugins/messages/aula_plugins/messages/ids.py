"""The kinds of ids that messages add: conversations, messages in them, drafts."""

from aula_sdk.ids import IdKind

THREAD = IdKind("thr")
MESSAGE = IdKind("msg")
DRAFT = IdKind("dft")
