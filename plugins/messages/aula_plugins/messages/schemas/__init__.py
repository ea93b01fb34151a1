"""The Structs at the HTTP edge: what programs send and get."""

from aula_plugins.messages.schemas.drafts import (
    AnswerToKeep,
    Draft,
    DraftPage,
    DraftToKeep,
)
from aula_plugins.messages.schemas.reading import (
    MessagePage,
    Participant,
    ParticipantPage,
    Thread,
    ThreadItem,
    ThreadPage,
    message_page,
)
from aula_plugins.messages.schemas.recipients import (
    AudiencePreview,
    AudienceToPreview,
    FoundRecipients,
    RecipientSearch,
)
from aula_plugins.messages.schemas.writing import (
    AnswerToSend,
    OtherWords,
    PeopleAdded,
    PeopleToAdd,
    ThreadChange,
    ThreadToStart,
    WhereSent,
)

__all__ = [
    "AnswerToKeep",
    "AnswerToSend",
    "AudiencePreview",
    "AudienceToPreview",
    "Draft",
    "DraftPage",
    "DraftToKeep",
    "FoundRecipients",
    "MessagePage",
    "OtherWords",
    "Participant",
    "ParticipantPage",
    "PeopleAdded",
    "PeopleToAdd",
    "RecipientSearch",
    "Thread",
    "ThreadChange",
    "ThreadItem",
    "ThreadPage",
    "ThreadToStart",
    "WhereSent",
    "message_page",
]
