from __future__ import annotations

from datetime import timedelta

from store.queries.history import Filter, history
from tests.tui.conftest import NOW, StillLab, Story, losses, running
from tui.ink import text_of
from tui.widgets.event_list import NEWEST, event_lines


def _shown(lab: StillLab, job: str, days: int = 0, width: int = 100) -> list[str]:
    events = history(lab.database.reader, Filter(f"job/{job}"), limit=NEWEST, newest=True)
    return [text_of(line) for line in event_lines(events, NOW + timedelta(days=days), width)]


def test_the_newest_event_stands_first_and_metrics_share_a_line(lab: StillLab) -> None:
    assert _shown(lab, "job_3") == [
        "15:02:00  interrupted: its process (pid 4711) is gone: killed",
        "15:00:00  checkpoint saved at step 40",
        "15:00:00  steps 1-40  loss 0.9447  eval_loss 1.103",
        "15:00:00  the provider reports: running",
        "15:00:00  handed to the provider as 4711",
        "15:00:00  planned: lora of smollm2-135m-instruct, 60 steps",
    ]


def test_what_does_not_fit_is_cut_with_an_ellipsis(lab: StillLab) -> None:
    newest, _, steps, *_ = _shown(lab, "job_3", width=32)
    assert newest == "15:02:00  interrupted: its proc…"
    assert steps == "15:00:00  steps 1-40  loss 0.94…"


def test_events_of_another_day_have_their_date(lab: StillLab) -> None:
    shown = _shown(lab, "job_3", days=1)
    assert shown[0].startswith("Nov 20 15:02:00  interrupted")


def test_a_long_history_says_where_the_rest_is(lab: StillLab, story: Story) -> None:
    job = story.job("9", *running())
    for step in range(1, NEWEST):
        story.tell(job, *losses(step, 1, evaluated=False))
    shown = _shown(lab, job)
    assert shown[-1] == "older ones: ftlab history job/job_9"
    assert shown[0].endswith("steps 1-199  loss 0.7331")
