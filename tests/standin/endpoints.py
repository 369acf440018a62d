"""Which request goes where, and what it may look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.standin import validation
from tests.standin.calls import Call
from tests.standin.chat import Chat
from tests.standin.completions import Completions
from tests.standin.files import Files
from tests.standin.jobs import Jobs
from tests.standin.models import Models
from tests.standin.replies import Reply
from tests.standin.state import State
from tests.standin.uploads import Uploads
from tests.standin.validation import NOTHING, Shape

Action = Callable[[Call], Reply]


@dataclass(frozen=True)
class Endpoint:
    """A method and a path, what answers there, and the published shape of its requests.

    Attributes:
        shape: None for what is no endpoint of the API.
    """

    method: str
    path: str
    action: Action
    shape: Shape | None = NOTHING


def endpoints(state: State) -> list[Endpoint]:
    """Return all that the stand-in answers."""
    files, uploads, jobs, models = Files(state), Uploads(state), Jobs(state), Models(state)
    job = "/fine_tuning/jobs/{job}"
    return [
        Endpoint("POST", "/files", files.create, validation.FILE),
        Endpoint("GET", "/files", files.list_files, validation.FILE_LIST),
        Endpoint("GET", "/files/{file}", files.retrieve),
        Endpoint("GET", "/files/{file}/content", files.content),
        Endpoint("DELETE", "/files/{file}", files.delete),
        Endpoint("POST", "/uploads", uploads.create, validation.UPLOAD),
        Endpoint("POST", "/uploads/{upload}/parts", uploads.add_part, validation.UPLOAD_PART),
        Endpoint(
            "POST", "/uploads/{upload}/complete", uploads.complete, validation.UPLOAD_COMPLETION
        ),
        Endpoint("POST", "/uploads/{upload}/cancel", uploads.cancel),
        Endpoint("POST", "/fine_tuning/jobs", jobs.create, validation.JOB),
        Endpoint("GET", "/fine_tuning/jobs", jobs.list_jobs, validation.JOB_LIST),
        Endpoint("GET", job, jobs.retrieve),
        Endpoint("POST", f"{job}/cancel", jobs.cancel),
        Endpoint("POST", f"{job}/pause", jobs.pause),
        Endpoint("POST", f"{job}/resume", jobs.resume),
        Endpoint("GET", f"{job}/events", jobs.list_events, validation.EVENT_LIST),
        Endpoint("GET", f"{job}/checkpoints", jobs.list_checkpoints, validation.CHECKPOINT_LIST),
        Endpoint("GET", "/models", models.list_models),
        Endpoint("GET", "/models/{model:path}", models.retrieve),
        Endpoint("DELETE", "/models/{model:path}", models.delete),
        Endpoint("POST", "/chat/completions", Chat(state).complete, validation.CHAT),
        Endpoint("POST", "/completions", Completions(state).complete, validation.COMPLETION),
    ]
