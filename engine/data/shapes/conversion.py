"""How the rows of one file become examples."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from engine.data.errors import DataError, WishError
from engine.data.reading.rows import excerpt
from engine.data.shapes.example import Record
from engine.data.shapes.patterns import Pattern, examples_of
from engine.data.shapes.recognition import SHAPE_NAMES, fitting_shapes, recognized, unrecognized
from engine.data.shapes.systems import SystemMode, with_system
from engine.data.shapes.templates import Template


class Conversion:
    """How the rows of one file become examples; it can be pickled.

    With `prompt` and `completion` templates, or with patterns, every row is filled into them;
    without, its shape is recognized.

    Args:
        prompt: the template of the user's words.
        completion: the template of the assistant's answer.
        system: the template of the system message; a row that makes an empty text of it gets none.
        patterns: several such templates, each of which makes an example of each row.
        shape: the shape of the rows, one of `SHAPE_NAMES`, where several would fit.
        system_mode: what is done with system prompts; left out, `system` is given to the examples
            that have none.

    Raises:
        DataError: if a template is wrong, or wishes contradict each other.
    """

    def __init__(
        self,
        prompt: str | None = None,
        completion: str | None = None,
        system: str | None = None,
        *,
        patterns: Sequence[Pattern] = (),
        shape: str | None = None,
        system_mode: SystemMode | None = None,
    ) -> None:
        self._patterns = _patterns(prompt, completion, patterns)
        self._shape = _known_shape(shape)
        if self._patterns and shape is not None:
            raise WishError("--shape and templates exclude each other: templates fit any shape.")
        self._system = None if system is None else Template.parse(system)
        self._mode = _mode(system, system_mode)

    @property
    def most(self) -> int:
        """How many examples a row can give."""
        return max(1, len(self._patterns))

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The templates that every row is filled into; none where the shape is recognized."""
        return self._patterns

    @property
    def columns(self) -> frozenset[str]:
        """The columns that templates show; none where the shape is recognized."""
        shown = [pattern.columns for pattern in self._patterns]
        if self._system is not None:
            shown.append(frozenset(self._system.columns))
        return frozenset().union(*shown)

    def check(self, name: str, columns: Collection[str]) -> None:
        """Make sure that a file with these columns can become examples.

        Args:
            name: the file, for the message.
            columns: the columns it is known to have; with none nothing is checked.

        Raises:
            DataError: if no shape fits or a template names an unknown column.
        """
        if not columns:
            return
        for pattern in self._patterns:
            pattern.check(columns)
        if self._system is not None:
            self._system.check(columns)
        if not self._patterns and not fitting_shapes(columns):
            raise DataError(f"{name} {unrecognized(columns)}.")

    def examples(self, row: dict[str, Any]) -> list[Record]:
        """Return the examples that a row gives, their keys in canonical order.

        Raises:
            RowError: saying what is wrong with the row.
        """
        if self._patterns:
            examples = examples_of(self._patterns, row)
        else:
            examples = [recognized(tuple(row), self._shape).convert(row)]
        if self._mode is SystemMode.KEEP:
            return examples
        return [self._with_system(example, row) for example in examples]

    def _with_system(self, example: Record, row: dict[str, Any]) -> Record:
        text = "" if self._system is None else self._system.fill(row)
        changed = with_system(example, self._mode, text)
        if changed is example or self._system is None:
            return changed
        # A column that has become the system prompt is shown, like any other text.
        return {key: value for key, value in changed.items() if key != self._system.bare}


def _patterns(
    prompt: str | None, completion: str | None, patterns: Sequence[Pattern]
) -> tuple[Pattern, ...]:
    if prompt is None and completion is None:
        return tuple(patterns)
    if patterns:
        raise WishError("A template file and --prompt, --completion exclude each other.")
    if prompt is None or completion is None:
        raise WishError("--prompt and --completion go together: give both or neither.")
    return (Pattern(Template.parse(prompt), Template.parse(completion)),)


def _known_shape(name: str | None) -> str | None:
    if name is not None and name not in SHAPE_NAMES:
        raise WishError(
            f"There is no shape '{excerpt(name, 40)}'; there is: {', '.join(SHAPE_NAMES)}."
        )
    return name


def _mode(system: str | None, mode: SystemMode | None) -> SystemMode:
    if mode is None:
        return SystemMode.KEEP if system is None else SystemMode.ADD
    wants_text = mode in (SystemMode.ADD, SystemMode.REPLACE)
    if wants_text and system == "":
        raise WishError(f"To {mode} system prompts by nothing, strip them: --system-mode strip.")
    if wants_text and system is None:
        raise WishError(f"To {mode} system prompts, say which with --system.")
    if not wants_text and system is not None:
        raise WishError(f"To {mode} system prompts needs no text: leave --system out.")
    return mode
