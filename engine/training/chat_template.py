"""The chat template of models that bring none, the same in training and in serving.

A model must be asked in the very words that it was trained on: both sides take the template here.
What is trained is saved with its template, so that the next stage and the server find it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

FALLBACK_CHAT_TEMPLATE = (
    "{%- if bos_token %}{{ bos_token }}{% endif %}"
    "{%- for message in messages %}"
    "{%- if not loop.first %}{{ '\n\n' }}{% endif %}"
    "{{- '### ' + message['role'] | capitalize + ':\n' }}"
    "{%- if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] | trim }}{{ eos_token }}{% endgeneration %}"
    "{%- else %}{{ message['content'] | trim }}{% endif %}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{ '\n\n### Assistant:\n' }}{% endif %}"
)
"""Plain words for models without special tokens for turns, such as GPT-2 (a Jinja template).

A conversation cut before an answer, with the generation prompt, is a prefix of the whole, in tokens
too: the prompt ends in a line feed, which tokenizers keep apart from the next word. `generation`
marks the assistant's words for `apply_chat_template(return_assistant_tokens_mask=True)`; the
end-of-text token belongs to them, so that the model learns to stop.
"""

_SYSTEM = (
    "{%- for message in messages if message['role'] in ('system', 'developer') %}"
    "{{- message['content'] + '\n\n' }}"
    "{%- endfor %}"
)
_LAST_QUESTION = (
    "{%- for message in messages if message['role'] == 'user' %}"
    "{%- if loop.last %}{{- message['content'] }}{%- endif %}"
    "{%- endfor %}"
)
SOURCE_TEMPLATE = _SYSTEM + _LAST_QUESTION
"""What an encoder-decoder model reads: the last question as it stands, behind a system prompt.

What was said before the question is left out: a model that learned from pairs never saw any.
"""

CONVERSATION_TEMPLATE = (
    "{%- set turns = messages | rejectattr('role', 'in', ('system', 'developer')) | list %}"
    + _SYSTEM
    + "{%- if turns | length == 1 %}"
    + _LAST_QUESTION
    + "{%- else %}"
    "{%- for message in turns %}"
    "{{- '### ' + message['role'] | capitalize + ':\n' + message['content'] }}"
    "{%- if not loop.last %}{{- '\n\n' }}{%- endif %}"
    "{%- endfor %}"
    "{%- endif %}"
)
"""The same for a model that learned from conversations: it reads all that was said so far."""


def ensure_chat_template(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer the fallback chat template if it has none of its own."""
    if not tokenizer.chat_template:
        tokenizer.chat_template = FALLBACK_CHAT_TEMPLATE


def ensure_source_template(
    tokenizer: PreTrainedTokenizerBase, *, conversations: bool | None = None
) -> None:
    """Give an encoder-decoder model's tokenizer what writes its sources, unless it has its own.

    Args:
        tokenizer: the model's.
        conversations: whether it learns from conversations of several turns; None leaves a template
            of ftlab's as an earlier training chose it.
    """
    ours = tokenizer.chat_template in (SOURCE_TEMPLATE, CONVERSATION_TEMPLATE)
    if not tokenizer.chat_template or (ours and conversations is not None):
        tokenizer.chat_template = CONVERSATION_TEMPLATE if conversations else SOURCE_TEMPLATE
