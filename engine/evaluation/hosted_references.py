"""Asking a service how likely its model holds the answers that are hoped for, where it tells.

Nobody knows beforehand whether a service tells: the first reference is asked for alone, and a plain
refusal, or an answer without what was asked for, means that it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.chatting.targets import HostedTarget
from engine.evaluation.answers import reference_digest
from engine.evaluation.reference_reader import Reader, Readings
from engine.recording.opening import open_service
from engine.recording.run import held
from store.queries.evaluations import likelihoods_of

if TYPE_CHECKING:
    from engine.evaluation.likelihoods import Ledger
    from engine.evaluation.plan import EvaluationPlan
    from engine.evaluation.reference_reader import Progress
    from engine.profiles import Profile
    from engine.recording.purse import Purse

_NEVER = (
    "{name} tells only how likely its models held what they say themselves. The losses of a model "
    "that was fine-tuned there are in the result files of its job: `ftlab compare` shows them"
)


def never_told(profile: Profile) -> str | None:
    """Return why a service need not be asked at all; None of one that may tell.

    OpenAI and Azure refuse fields that they do not know, and know none of this kind.
    """
    return None if profile.kind == "compatible" else _NEVER.format(name=profile.name)


async def read_at_service(
    ledger: Ledger,
    plan: EvaluationPlan,
    purse: Purse,
    progress: Progress,
    at_once: int,
    patience: float,
) -> Readings:
    """Have a service read the references that it has not read yet, as far as it does such a thing.

    Args:
        ledger: where it is recorded.
        plan: of the evaluation that wants to know.
        purse: what is spent of.
        progress: told how far it has come.
        at_once: how many references are asked for at the same time.
        patience: seconds to wait for another process that is asking this model.

    Raises:
        JobStateError: if another process is asking this model.
        StoreError: if what it told cannot be recorded.
    """
    recording = plan.recording
    if isinstance(recording.target, HostedTarget):
        never = never_told(recording.target.profile)
        if never is not None or not plan.unread:
            return Readings(untold=never)
    async with held(ledger.lab, recording, patience):
        # Whoever held it before may have asked for some of them meanwhile.
        known = likelihoods_of(ledger.lab.database.reader, plan.subject)
        unread = [
            prompt
            for prompt in plan.unread
            if (prompt.digest, reference_digest(prompt)) not in known
        ]
        async with open_service(ledger.lab, recording) as service:
            return await Reader(ledger, recording, purse, progress).read(service, unread, at_once)
