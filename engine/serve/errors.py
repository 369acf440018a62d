"""Errors as the OpenAI API words them, so that its clients raise the exceptions they know.

Format: `{"error": {"message", "type", "param", "code"}}` with the HTTP status.
"""

from __future__ import annotations


class ApiError(Exception):
    """A request that cannot be answered.

    Attributes:
        status: the HTTP status.
        message: what happened and what to do, for a person.
        param: the parameter at fault, or None.
        code: a fixed word for programs, or None.
    """

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        super().__init__(message)

    def body(self) -> dict[str, dict[str, str | None]]:
        """Return the JSON body of the answer."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": error}


def bad_request(param: str | None, message: str, code: str | None = None) -> ApiError:
    """A request whose parameter `param` cannot be followed."""
    return ApiError(400, message, param=param, code=code)


def wrong_key() -> ApiError:
    """A request without the server's key."""
    return ApiError(
        401,
        "This server wants its own key as a bearer token, and got none or another.",
        code="invalid_api_key",
    )


def unknown_model(model: str) -> ApiError:
    """A request for a model that is not served here."""
    return ApiError(
        404,
        f"The model '{model}' is not served here: GET /v1/models lists those that are.",
        param="model",
        code="model_not_found",
    )


def context_exceeded(tokens: int, context: int) -> ApiError:
    """A prompt that leaves no room for an answer."""
    return bad_request(
        "messages",
        f"The messages are {tokens} tokens, and the model's context is {context} tokens for "
        "question and answer together. Shorten the messages or begin a new conversation.",
        code="context_length_exceeded",
    )


def reference_exceeds(tokens: int, context: int) -> ApiError:
    """A reference that does not fit into the model's context with what comes before it."""
    return bad_request(
        "reference",
        f"The messages and the reference are {tokens} tokens, and the model's context is "
        f"{context} tokens. What is cut off would be likely or not for want of its beginning: "
        "leave this one out.",
        code="context_length_exceeded",
    )


def model_failed(model: str, reason: object) -> ApiError:
    """A model that could not be loaded or broke off while it answered."""
    return ApiError(500, f"The model '{model}' failed: {reason}", code="model_failed")
