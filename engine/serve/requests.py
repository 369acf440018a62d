"""What requests may ask for, and how a wrong one is refused.

Parameters that would change the answer and are not supported are refused rather than passed over in
silence; those that change nothing here (`user`, `metadata`, `store`) are taken and left alone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from engine.serve.errors import ApiError, bad_request

_MAX_STOPS = 4
_MAX_ALTERNATIVES = 20
_GREEDY_BELOW = 1e-4
"""Scores divided by a smaller temperature would overflow; the answer is the greedy one there."""


def _join_text_parts(content: object) -> object:
    """Turn content that was sent in pieces into one text, as chat templates want it."""
    if not isinstance(content, list):
        return content
    if any(not isinstance(part, dict) or part.get("type") != "text" for part in content):
        raise ValueError("only parts of type text are supported")
    return "".join(str(part.get("text", "")) for part in content)


class ChatMessage(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(frozen=True, strict=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, BeforeValidator(_join_text_parts)]

    def for_template(self) -> dict[str, str]:
        """Return the message as chat templates want it: `developer` goes by its older name."""
        role = "system" if self.role == "developer" else self.role
        return {"role": role, "content": self.content}


class StreamOptions(BaseModel):
    """Options of a streamed answer."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    include_usage: bool = False
    include_obfuscation: bool | None = None


class PlainText(BaseModel):
    """The only response format that a model without constrained decoding can promise."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["text"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Stops = Annotated[list[Annotated[str, Field(min_length=1)]], Field(max_length=_MAX_STOPS)]


class ChatRequest(BaseModel):
    """The body of `POST /v1/chat/completions`, as the OpenAI API names its fields."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    model: str
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = Field(default=None, ge=-(2**63), le=2**63 - 1)
    stop: Annotated[Stops | None, BeforeValidator(_as_list)] = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(default=None, ge=0, le=_MAX_ALTERNATIVES)

    n: Annotated[int, Field(ge=1, le=1)] | None = None
    presence_penalty: Annotated[float, Field(ge=0, le=0)] | None = None
    frequency_penalty: Annotated[float, Field(ge=0, le=0)] | None = None
    response_format: PlainText | None = None

    user: str | None = None
    metadata: dict[str, Any] | None = None
    store: bool | None = None

    @field_validator("top_logprobs")
    @classmethod
    def _only_with_logprobs(cls, value: int | None, info: ValidationInfo) -> int | None:
        # Where `logprobs` is wrong itself it is not in the data, and refused for that.
        if value is not None and not info.data.get("logprobs", True):
            raise PydanticCustomError("needs_logprobs", "it is for requests with 'logprobs': true")
        return value

    @property
    def token_limit(self) -> int | None:
        """The largest number of tokens to answer with, or None where the request sets no limit."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def is_greedy(self) -> bool:
        """Whether each token shall be the likeliest, and none be drawn at random."""
        return self.temperature is not None and self.temperature < _GREEDY_BELOW

    @property
    def alternatives(self) -> int | None:
        """How many of the likeliest tokens to tell at each place; None for no log probabilities."""
        return (self.top_logprobs or 0) if self.logprobs else None

    @property
    def wants_usage(self) -> bool:
        """Whether a streamed answer is to end with its token counts."""
        return self.stream_options is not None and self.stream_options.include_usage


class LikelihoodRequest(BaseModel):
    """The body of `POST /v1/likelihood`, which the OpenAI API does not have.

    Attributes:
        model: the model that is asked.
        messages: the conversation so far.
        reference: the answer to it whose likelihood is wanted.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    model: str
    messages: list[ChatMessage] = Field(min_length=1)
    reference: str


_Asked = TypeVar("_Asked", bound=BaseModel)


def parse_chat_request(body: bytes) -> ChatRequest:
    """Read the body of a chat completion request.

    Raises:
        ApiError: 400 that names the parameter at fault.
    """
    return _parsed(ChatRequest, body)


def parse_likelihood_request(body: bytes) -> LikelihoodRequest:
    """Read the body of a request for the likelihood of an answer.

    Raises:
        ApiError: 400 that names the parameter at fault.
    """
    return _parsed(LikelihoodRequest, body)


def _parsed(kind: type[_Asked], body: bytes) -> _Asked:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> ApiError:
    first = error.errors(include_url=False, include_context=False)[0]
    place = _place(first["loc"])
    if first["type"] == "json_invalid":
        return bad_request(None, f"The body is not JSON: {first['msg']}.")
    if not place:
        return bad_request(None, "The body must be a JSON object.")
    if first["type"] == "extra_forbidden":
        return bad_request(place, f"'{place}' is not supported here.", code="unsupported_parameter")
    if first["type"] == "missing":
        return bad_request(place, f"'{place}' is missing.", code="missing_required_parameter")
    return bad_request(place, f"'{place}': {first['msg']}.", code="invalid_value")


def _place(location: tuple[int | str, ...]) -> str:
    """Write a place as the OpenAI API does: `messages[0].role`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")
