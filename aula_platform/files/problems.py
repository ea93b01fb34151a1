"""Why a file is not taken, in words that say what to do instead."""

from aula_sdk.errors import Invalid, TooLarge
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")


class FileTooLarge(TooLarge):
    """The file is larger than the operator lets one be."""

    code = "file.too-large"
    title = _("The file is too large")


class WrongFileType(Invalid):
    """What is in the file is of no kind that is taken; its name does not matter."""

    code = "file.wrong-type"
    title = _("Files of this kind cannot be attached")


class EmptyFile(Invalid):
    """There is nothing in the file."""

    code = "file.empty"
    title = _("The file is empty")


class BrokenImage(Invalid):
    """The image cannot be read, or has more points than one is let have."""

    code = "file.broken-image"
    title = _("The image cannot be read")


class TooManyFiles(Invalid):
    """More files were sent, or wait to be attached, than is let be."""

    code = "file.too-many"
    title = _("There are too many files")


class NotYours(Invalid):
    """A file that is to be attached is somebody else's, attached already, or has expired."""

    code = "file.not-yours"
    title = _("A file is no longer there; attach it again")
