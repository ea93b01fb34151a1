"""The kinds of ids that posts add: posts, comments, reports, drafts."""

from aula_sdk.ids import IdKind

POST = IdKind("pst")
COMMENT = IdKind("cmt")
REPORT = IdKind("rep")
DRAFT = IdKind("pdr")
