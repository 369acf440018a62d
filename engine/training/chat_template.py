"""The chat template of models that bring none, the same in training and in serving.

A model must be asked in the very words that it was trained on: both sides take the template here.
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


def ensure_chat_template(tokenizer: PreTrainedTokenizerBase) -> None:
    """Give a tokenizer the fallback chat template if it has none of its own."""
    if not tokenizer.chat_template:
        tokenizer.chat_template = FALLBACK_CHAT_TEMPLATE
