"""Refusals of the registry: RFC 9457 documents in the API, a sentence on a page."""

from typing import Any, ClassVar

import msgspec

from aula_sdk.manifest import Finding


class Problem(Exception):
    """A refusal. Subclasses name the fact."""

    status: int = 400
    code: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request cannot be carried out"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        """``extra`` are further members of the problem document."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra

    def document(self) -> dict[str, Any]:
        """Return the problem document."""
        told = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            told["detail"] = self.detail
        return {**told, "code": self.code, **self.extra}


class NoToken(Problem):
    """Nobody may publish without a token."""

    status, code = 401, "token.missing"
    title = "Send your publish token as a bearer token"


class TokenWrong(Problem):
    """The token is unknown or was revoked."""

    status, code = 401, "token.invalid"
    title = "The publish token is not valid"


class NotYours(Problem):
    """A vendor publishes under its own name only."""

    status, code = 403, "vendor.mismatch"
    title = "The package belongs to another vendor"


class ManifestRefused(Problem):
    """The check found errors; they are listed."""

    status, code = 422, "manifest.invalid"
    title = "The manifest has errors"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """The findings go into the document, as ``aula-sdk check --json`` has them."""
        super().__init__(findings=msgspec.to_builtins(findings))


class CheckFailed(Problem):
    """The check itself did not come to an end."""

    status, code = 503, "check.failed"
    title = "The check could not be run to its end; try again later"


class ReleaseExists(Problem):
    """A version is published once."""

    status, code = 409, "release.exists"
    title = "This version has been published with another content; choose a new version"


class WrongState(Problem):
    """The release is not in a state from which this can be done."""

    status, code = 409, "release.wrong-state"
    title = "The release is not in a state from which this can be done"


class ReleaseUnknown(Problem):
    """There is no such release, or none that is open to everybody."""

    status, code = 404, "release.unknown"
    title = "There is no such package"


class ReleaseGone(Problem):
    """The release was suspended or retired."""

    status, code = 410, "release.gone"
    title = "This package is no longer given out"


class VendorExists(Problem):
    """A slug belongs to one vendor."""

    status, code = 409, "vendor.exists"
    title = "There is a vendor of this name already"


class VendorUnknown(Problem):
    """There is no vendor of this name."""

    status, code = 404, "vendor.unknown"
    title = "There is no vendor of this name"
