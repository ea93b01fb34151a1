"""What a check finds in a manifest, said so that the vendor can mend it without asking."""

from typing import Literal

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong: where, what, what was expected, and what was perhaps meant."""

    file: str
    key: str
    message: str
    expected: str = ""
    nearest: str = ""
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """One line for a terminal."""
        text = f"{self.file}: {self.key}: {self.message}" if self.key else self.message
        if self.expected:
            text += f"; expected {self.expected}"
        if self.nearest:
            text += f"; did you mean {self.nearest}?"
        return text


class ManifestInvalid(Exception):
    """The manifest cannot be taken as it is; ``findings`` says why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings; the exception's text lists them line by line."""
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
