"""The kinds of ids that groups add: templates, and applications to become a member."""

from aula_sdk.ids import IdKind

TEMPLATE = IdKind("gtp")
APPLICATION = IdKind("gap")
