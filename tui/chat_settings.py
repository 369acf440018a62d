"""How models are asked in a chat, as somebody writes it and as it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan

from engine.chatting.sampling import Sampling

_HOTTEST = 2.0
_MOST_STOPS = 4
_LARGEST_SEED = 2**63


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """A system prompt, and how answers are drawn."""

    system: str | None = None
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, slots=True)
class Written:
    r"""The same as somebody writes it.

    Attributes:
        system: the system prompt; blank for none.
        temperature: a number; blank leaves it to the model's server.
        max_tokens: likewise, of the longest answer.
        seed: a whole number; blank for none.
        stop: texts before which an answer ends, a line each, `\n` for a line break.
    """

    system: str = ""
    temperature: str = ""
    max_tokens: str = ""
    seed: str = ""
    stop: str = ""


class SettingError(ValueError):
    """Something written cannot be; the message says what can.

    Attributes:
        field: which of the fields of `Written` it is about.
    """

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def settings_of(written: Written) -> ChatSettings:
    """Return what somebody wrote as settings.

    Raises:
        SettingError: for the first field that cannot be.
    """
    return ChatSettings(
        written.system.strip() or None,
        Sampling(
            _temperature(written.temperature.strip()),
            _max_tokens(written.max_tokens.strip()),
            _seed(written.seed.strip()),
            _stop(written.stop),
        ),
    )


def written_of(settings: ChatSettings) -> Written:
    """Return settings as somebody would write them."""
    drawn = settings.sampling
    return Written(
        settings.system or "",
        "" if drawn.temperature is None else f"{drawn.temperature:g}",
        "" if drawn.max_tokens is None else str(drawn.max_tokens),
        "" if drawn.seed is None else str(drawn.seed),
        "\n".join(_escaped(text) for text in drawn.stop),
    )


def in_words(settings: ChatSettings) -> str:
    """Return settings in one line."""
    drawn = settings.sampling
    parts = ["the service's temperature", "answers of any length"]
    if drawn.temperature is not None:
        parts[0] = f"temperature {drawn.temperature:g}"
    if drawn.max_tokens is not None:
        parts[1] = f"at most {drawn.max_tokens:,} tokens"
    if drawn.seed is not None:
        parts.append(f"seed {drawn.seed}")
    if drawn.stop:
        parts.append(f"stop at {' '.join(repr(text) for text in drawn.stop)}")
    if settings.system is None:
        return " · ".join([*parts, "no system prompt"])
    return " · ".join([*parts, f"system: {' '.join(settings.system.split())}"])


def _temperature(text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if isnan(value) or not 0 <= value <= _HOTTEST:
        raise SettingError("temperature", "the temperature is a number from 0 to 2, such as 0.7")
    return value


def _max_tokens(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) < _LARGEST_SEED:
        raise SettingError("max_tokens", "the longest answer is a number of tokens, 1 or more")
    return int(text)


def _seed(text: str) -> int | None:
    if not text:
        return None
    if not text.removeprefix("-").isdecimal() or abs(int(text)) >= _LARGEST_SEED:
        raise SettingError("seed", "the seed is a whole number, such as 42")
    return int(text)


def _stop(text: str) -> tuple[str, ...]:
    found = tuple(_unescaped(line) for line in text.split("\n") if line)
    if len(found) > _MOST_STOPS:
        raise SettingError("stop", f"there can be {_MOST_STOPS} stop texts at most, a line each")
    return found


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _unescaped(text: str) -> str:
    parts = [part.replace("\\n", "\n").replace("\\t", "\t") for part in text.split("\\\\")]
    return "\\".join(parts)
