"""What the engine refuses or cannot do, in words that a user can act on."""

from __future__ import annotations

from typing import Literal

FailureKind = Literal[
    "authentication",
    "permission",
    "closed",
    "not_found",
    "conflict",
    "rate_limit",
    "quota",
    "bad_request",
    "connection",
    "timeout",
    "server",
    "unreadable",
]
"""What can come between a question to a hosted service and its answer.

`closed` is an organization that may create no more fine-tuning jobs; `quota` is money, which no
waiting brings back; `unreadable` is an answer that is cut off, or none of this API.
"""

_NO_ANSWER = ("connection", "timeout", "server", "unreadable")


class LabError(Exception):
    """Something that cannot be done as asked."""


class RequestError(LabError):
    """What was asked for cannot be, whatever the lab holds."""


class JobStateError(LabError):
    """A job is not in a state in which this can be done to it."""


class LimitError(LabError):
    """It would cost more than the user lets it cost."""


class ProviderError(LabError):
    """A hosted service refused what it was asked, failed at it, or could not be reached.

    Attributes:
        kind: which of these it is.
        retriable: whether the same request may go well later.
        status: the HTTP status, None if no answer came.
        code: the service's own word for it, if it has one.
        param: the field of the request that the service complains of, if it names one.
        retry_after: seconds that the service asks to wait, None if it says nothing of it.
        request_id: the service's name for the request, to ask its support about.
    """

    def __init__(
        self,
        message: str,
        kind: FailureKind,
        *,
        retriable: bool = False,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        self.kind = kind
        self.retriable = retriable
        self.status = status
        self.code = code
        self.param = param
        self.retry_after = retry_after
        self.request_id = request_id
        super().__init__(message)

    @property
    def refused(self) -> bool:
        """Whether the service said no; otherwise it may be that nothing was heard of it."""
        return self.kind not in _NO_ANSWER
