"""Curves drawn into files."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.curves.plot import PlotWish, plot
from engine.data.errors import DataError
from store.database import Database
from store.errors import NotFoundError
from store.queries.jobs import job_list

_EXAMPLE = Path(__file__).parents[3] / "ftlab.db.example"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    file = Path(shutil.copy(_EXAMPLE, tmp_path / "ftlab.db"))
    with closing(Database(file)) as opened:
        yield opened


@pytest.fixture
def jobs(database: Database) -> dict[str, str]:
    return {job.name: job.id for job in job_list(database.reader)}


def words_of(file: Path) -> set[str]:
    """What is written in a picture, as text and not as outlines."""
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", file.read_text(encoding="utf-8")))


def test_the_loss_is_drawn_with_its_evaluations(
    database: Database, jobs: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "loss.svg"
    drawn = plot(database.reader, [jobs["first-try"]], file, PlotWish())
    assert drawn.metrics == (("loss", "eval_loss"),)
    assert words_of(file) >= {"step", "loss", "eval_loss"}


def test_several_jobs_are_told_apart_by_their_names(
    database: Database, jobs: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "both.svg"
    wish = PlotWish(("loss", "grad_norm"), "epoch", log=True, smoothing=0.6)
    drawn = plot(database.reader, [jobs["first-try"], jobs["long-run"]], file, wish)
    assert drawn.jobs == ("first-try", "long-run")
    assert words_of(file) >= {"epoch", "first-try loss", "long-run grad_norm"}


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_it_draws_dots_and_pages_too(
    database: Database, jobs: dict[str, str], tmp_path: Path, ending: str, magic: bytes
) -> None:
    file = tmp_path / f"loss.{ending}"
    plot(database.reader, [jobs["first-try"]], file, PlotWish())
    assert file.read_bytes().startswith(magic)


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_the_same_curves_make_the_same_file(
    database: Database, jobs: dict[str, str], tmp_path: Path, ending: str
) -> None:
    files = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
    for file in files:
        plot(database.reader, [jobs["first-try"]], file, PlotWish())
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_file_that_is_there_stays_unless_it_may_go(
    database: Database, jobs: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "loss.svg"
    file.write_text("mine")
    with pytest.raises(DataError, match="exists already"):
        plot(database.reader, [jobs["first-try"]], file, PlotWish())
    assert file.read_text() == "mine"
    plot(database.reader, [jobs["first-try"]], file, PlotWish(), replace=True)
    assert "first" not in words_of(file)
    assert [each.name for each in tmp_path.glob("*.svg")] == ["loss.svg"]


def test_a_job_that_has_none_of_it_is_left_out_and_named(
    database: Database, jobs: dict[str, str], tmp_path: Path
) -> None:
    wish = PlotWish(("eval_perplexity",))
    database.writer.execute("DELETE FROM metric_series WHERE job = ?", (jobs["low-rank"],))
    drawn = plot(database.reader, [jobs["first-try"], jobs["low-rank"]], tmp_path / "p.svg", wish)
    assert drawn.left_out == ("low-rank",)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (PlotWish(("nothing",)), "none of these jobs has such a metric; they have .*loss"),
        (PlotWish(x="tokens"), "none of these jobs tells its tokens"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_leaves_no_file(
    database: Database, jobs: dict[str, str], tmp_path: Path, wish: PlotWish, words: str
) -> None:
    file = tmp_path / "loss.svg"
    with pytest.raises(NotFoundError, match=words):
        plot(database.reader, [jobs["first-try"]], file, wish)
    assert not file.exists()


def test_a_spike_among_many_points_is_drawn(
    database: Database, jobs: dict[str, str], tmp_path: Path
) -> None:
    from store.events import MetricGroup, MetricsRecorded
    from store.log import EventLog

    log = EventLog(database, actor="test")
    stream = f"job/{jobs['low-rank']}"
    for first in range(100, 60_100, 5000):
        values = [
            9.0 if step == 40_321 else math.sin(step / 900) for step in range(first, first + 5000)
        ]
        group = MetricGroup(steps=list(range(first, first + 5000)), values={"loss": values})
        log.append(stream, MetricsRecorded(groups=[group]))
    file = tmp_path / "spike.svg"
    plot(database.reader, [jobs["low-rank"]], file, PlotWish(("loss",)))
    assert "8" in words_of(file)
    assert file.stat().st_size < 400_000
