"""How likely a model holds a given answer: what training's own evaluation says, token by token."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai
import pytest

from engine.model_client import open_client
from engine.serve.events import Weighed
from engine.serve.requests import LikelihoodRequest
from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.serve.models import LoadedModels
    from engine.serve.process import LocalServer
    from engine.training.progress import Evaluation
    from tests.engine.serve.conftest import Told

# peft still uses a property that transformers has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")

_CLOSE = 1e-4
_TURNS = [
    {"role": "user", "content": "How many clips?"},
    {"role": "assistant", "content": "In April 48."},
    {"role": "user", "content": "And in May?"},
]
EXAMPLES: list[tuple[list[dict[str, str]], str]] = [
    ([{"role": "user", "content": "How many?"}], "24."),
    (
        [{"role": "user", "content": "How many clips did Natalia sell in May?"}],
        "She sold 24 clips.",
    ),
    (
        [{"role": "user", "content": "Say it."}],
        "The café sells crêpes, 日本語 and 🦊 all day. " * 3,
    ),
    ([{"role": "system", "content": "Be brief."}, *_TURNS], "24"),
    (_TURNS, " It rains; 12 + 12 = 24 \n"),
]


class Weigher:
    """Asks one model for all examples."""

    def __init__(self, models: LoadedModels, served: ServedModel) -> None:
        self._models, self._served = models, served

    def __call__(self, *examples: tuple[list[dict[str, str]], str]) -> list[Told]:
        from engine.serve.batching import Job
        from engine.serve.references import weigh
        from tests.engine.serve.conftest import Told

        told = [Told() for _ in examples]
        jobs = []
        for (messages, reference), each in zip(examples, told, strict=True):
            body = {"model": "tiny", "messages": messages, "reference": reference}
            request = LikelihoodRequest.model_validate(body)
            jobs.append(Job(self._served, request, each.events.append, each.cancelled))
        with self._models.ready(self._served) as model:
            weigh(model, jobs)
        return told


@pytest.fixture(params=["base", "plain", "t5"])
def served(request: pytest.FixtureRequest) -> ServedModel:
    return ServedModel("tiny", str(request.getfixturevalue(f"tiny_{request.param}")))


@pytest.fixture
def weigher(loaded: LoadedModels, served: ServedModel) -> Weigher:
    return Weigher(loaded, served)


@pytest.fixture
def client(server: LocalServer) -> Iterator[openai.OpenAI]:
    with open_client(server.base_url, server.key) as opened:
        yield opened


def weighed(told: Told) -> Weighed:
    [event] = told.events
    assert isinstance(event, Weighed)
    return event


def trained_evaluation(base: str, folder: Path) -> Evaluation:
    """Return what training's own code measures of the examples, as validation data."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    from engine.training.batches import collator
    from engine.training.devices import Device
    from engine.training.evaluation import Evaluations, Evaluator
    from engine.training.models import load_encoder
    from engine.training.progress import ProgressWriter
    from engine.training.stopping import StopSignal
    from engine.training.tokenized import tokenize_file

    file = folder / "validation.jsonl"
    turns = [[*messages, {"role": "assistant", "content": said}] for messages, said in EXAMPLES]
    file.write_text("".join(json.dumps({"messages": each}) + "\n" for each in turns))
    of_pairs = AutoConfig.from_pretrained(base).is_encoder_decoder
    model = (AutoModelForSeq2SeqLM if of_pairs else AutoModelForCausalLM).from_pretrained(base)
    tokenizer, encoder = load_encoder(base, 2048)
    writer = ProgressWriter(folder / "progress.jsonl")
    evaluator = Evaluator(
        examples=tokenize_file(file, encoder, folder, "validation").examples,
        collate=collator(tokenizer, model),
        batch_size=2,
        every=1,
        total_steps=1,
        device=Device("cpu", bf16=False),
        evaluations=Evaluations(folder / "evaluations.json"),
        writer=writer,
        stop=StopSignal(),
    )
    assert evaluator.evaluate(model, 1)
    writer.close()
    found = evaluator.evaluations.at(1)
    assert found is not None
    return found


def test_the_mean_is_the_loss_that_training_evaluates(
    weigher: Weigher, served: ServedModel, tmp_path: Path
) -> None:
    expected = trained_evaluation(served.base, tmp_path)
    tokens = [token for told in weigher(*EXAMPLES) for token in weighed(told).tokens]
    loss = -math.fsum(token.logprob for token in tokens) / len(tokens)
    assert loss == pytest.approx(expected.loss, abs=_CLOSE)
    accuracy = sum(token.is_likeliest for token in tokens) / len(tokens)
    assert accuracy == pytest.approx(expected.accuracy)


def test_together_each_is_weighed_as_it_is_alone(
    weigher: Weigher, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.serve import references

    found = [weighed(told) for told in weigher(*EXAMPLES)]
    monkeypatch.setattr(references, "_SCORES_AT_ONCE", 1)
    monkeypatch.setattr(references, "_COMPARED_AT_ONCE", 1000)
    for together, example in zip(found, EXAMPLES, strict=True):
        alone = weighed(weigher(example)[0])
        assert together.prompt_tokens == alone.prompt_tokens
        assert [token.text for token in together.tokens] == [token.text for token in alone.tokens]
        assert [token.logprob for token in together.tokens] == pytest.approx(
            [token.logprob for token in alone.tokens], abs=_CLOSE
        )


def asked(client: openai.OpenAI, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    body: Any = {"model": "base", "messages": EXAMPLES[0][0], "reference": "24 clips.", **changed}
    answer = client.post("/likelihood", cast_to=object, body=body)
    assert isinstance(answer, dict)
    return answer


def test_the_tokens_are_those_of_the_answer_and_its_end(client: openai.OpenAI) -> None:
    answer = asked(client)
    tokens = answer["tokens"]
    assert (answer["object"], answer["model"]) == ("likelihood", "base")
    assert "".join(token["token"] for token in tokens) == "24 clips.<|end|>"
    assert all(token["logprob"] < 0 for token in tokens)
    assert answer["usage"]["reference_tokens"] == len(tokens)
    chat = client.chat.completions.create(
        model="base",
        messages=[{"role": "user", "content": "How many?"}],
        max_tokens=1,
        temperature=0,
    )
    assert chat.usage is not None
    assert answer["usage"]["prompt_tokens"] == chat.usage.prompt_tokens


def test_it_is_told_where_the_model_would_have_said_the_same(client: openai.OpenAI) -> None:
    """All that the silent model ever says is the end; each token has the same probability."""
    *words, end = asked(client, model="silent")["tokens"]
    assert end["likeliest"]
    assert not any(token["likeliest"] for token in words)
    assert end["logprob"] == pytest.approx(-math.log(400), abs=_CLOSE)


def test_an_adapter_holds_another_answer_likely(client: openai.OpenAI) -> None:
    base, tuned = asked(client)["tokens"], asked(client, model="tuned")["tokens"]
    assert [token["token"] for token in base] == [token["token"] for token in tuned]
    assert [token["logprob"] for token in base] != [token["logprob"] for token in tuned]


@pytest.mark.parametrize(
    ("changed", "param", "words"),
    [
        ({"reference": None}, "reference", "string"),
        ({"reference": "word " * 2000}, "reference", "context is 2048 tokens"),
        ({"temperature": 0}, "temperature", "not supported"),
        ({"messages": []}, "messages", "at least 1"),
        (
            {"messages": [*EXAMPLES[0][0], {"role": "system", "content": "Be brief."}]},
            "messages",
            "the system message comes first",
        ),
    ],
)
def test_a_wrong_request_is_refused_by_the_name_of_what_is_wrong(
    client: openai.OpenAI, changed: dict[str, Any], param: str, words: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=words) as refusal:
        asked(client, **changed)
    assert refusal.value.param == param


def test_an_unknown_model_is_not_found_and_a_lost_one_says_so(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="gpt-9"):
        asked(client, model="gpt-9")
    with pytest.raises(openai.InternalServerError, match="there is no folder"):
        asked(client, model="lost")


def test_an_answer_without_a_word_cannot_be_weighed_by_a_model_that_reads_apart(
    loaded: LoadedModels, tiny_t5: Path
) -> None:
    weigher = Weigher(loaded, ServedModel("t5", str(tiny_t5)))
    empty, other = weigher((EXAMPLES[0][0], " "), EXAMPLES[1])
    assert "no token" in empty.failure
    assert weighed(other).tokens
