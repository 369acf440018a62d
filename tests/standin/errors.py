"""Refusals in the API's own words, so that its client raises the exceptions it knows.

Format: `{"error": {"message", "type", "param", "code"}}` with the HTTP status.
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A request that is refused.

    Attributes:
        status: the HTTP status.
        body: the JSON body of the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        error = {"message": message, "type": kind, "param": param, "code": code}
        self.body: dict[str, Any] = {"error": error}


def bad_request(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(400, message, param=param, code=code)


def not_found(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(404, message, param=param, code=code)


def no_such_file(file: str) -> ApiError:
    return not_found(f"No such File object: {file}", param="id")


def no_such_job(job: str) -> ApiError:
    return not_found(
        f"Could not find fine tune: {job}", param="fine_tune_id", code="fine_tune_not_found"
    )


def no_such_model(model: str) -> ApiError:
    return not_found(
        f"The model `{model}` does not exist or you do not have access to it.",
        code="model_not_found",
    )


def retired_model(model: str) -> ApiError:
    return not_found(
        f"The model `{model}` has been deprecated, learn more here: "
        "https://platform.openai.com/docs/deprecations",
        code="model_not_found",
    )


def training_not_available() -> ApiError:
    return ApiError(
        403,
        "Fine-tuning is not available to your organization: new training jobs cannot be created.",
        code="training_not_available",
    )


def missing_scope(scope: str) -> ApiError:
    return ApiError(
        403,
        "You have insufficient permissions for this operation. "
        f"Missing scopes: {scope}. Check that you have the correct role in your organization and "
        "project, and if you're using a restricted API key, that it has the necessary scopes.",
        code="missing_scope",
    )


def rate_limit_reached() -> ApiError:
    return ApiError(
        429,
        "Rate limit reached for requests. Please try again later.",
        kind="requests",
        code="rate_limit_exceeded",
    )


def quota_exceeded() -> ApiError:
    return ApiError(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        kind="insufficient_quota",
        code="insufficient_quota",
    )


def server_error(status: int) -> ApiError:
    message = (
        "The engine is currently overloaded, please try again later."
        if status == 503
        else "The server had an error while processing your request. Sorry about that!"
    )
    return ApiError(status, message, kind="server_error")
