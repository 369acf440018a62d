from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from engine.recording.plan import Wish
from engine.recording.planning import plan
from engine.recording.run import record
from engine.rescue.history import rescue
from engine.rescue.retirement import retirements
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.standin import Standin

TODAY = date(2026, 11, 21)


def test_models_are_listed_with_the_day_they_die_and_what_is_left_of_them(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    late = standin.past_job()
    lost = standin.past_job(gone=frozenset({"training"}))
    rescue(lab, provider)
    found = {model.name: model for model in retirements(lab, TODAY)}
    kept = found[late.fine_tuned_model or ""]
    assert (kept.retires_on, kept.days_left, kept.source) == ("2027-01-14", 54, "openai")
    assert kept.is_rescued
    assert kept.recreate is not None
    assert kept.recreate.startswith("ftlab models recreate ft:")
    gone = found[lost.fine_tuned_model or ""]
    assert (gone.is_rescued, gone.recreate) == (False, None)


def test_those_that_die_first_stand_at_the_top(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(12)
    rescue(lab, provider)
    days = [model.retires_on or "9999" for model in retirements(lab, TODAY)]
    assert days == sorted(days)


def test_what_is_left_of_the_data_is_told_apart(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    rescued = standin.past_job()
    gone = standin.past_job(gone=frozenset({"training"}))
    kept = standin.past_job(model="o4-mini-2025-04-16", method="reinforcement")
    rescue(lab, provider)
    later = standin.past_job()
    rescue(lab, provider, files=False)
    found = {model.name: model.data for model in retirements(lab, TODAY)}
    names = [job.fine_tuned_model for job in (rescued, gone, kept, later)]
    assert found == dict(zip(names, ["rescued", "gone", "kept", "missing"], strict=True))


def test_whether_its_answers_are_recorded_is_told(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job()
    rescue(lab, provider)
    [before] = retirements(lab, TODAY)
    record(lab, plan(lab, before.model, Wish(from_data=2, samples=1)))
    [after] = retirements(lab, TODAY)
    assert (before.answers, after.answers) == (0, 4)


def test_a_day_that_no_service_told_is_that_of_the_base_model(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job(model="gpt-4o-2024-08-06")
    standin.inject(faults.with_fields(shutdown_date=None), "GET", "/models", times=None)
    rescue(lab, provider)
    [model] = retirements(lab, TODAY)
    assert (model.retires_on, model.days_left) == ("2027-01-14", 54)
    assert "Deprecations" in (model.source or "")


def test_a_day_past_is_as_many_days_below_nothing_and_none_is_no_fault(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job(model="babbage-002")
    injection = standin.inject(
        faults.with_fields(shutdown_date="2026-11-11"), "GET", "/models", times=None
    )
    rescue(lab, provider)
    assert [model.days_left for model in retirements(lab, TODAY)] == [-10]
    injection.lift()
    standin.inject(faults.with_fields(shutdown_date="soon"), "GET", "/models", times=None)
    rescue(lab, provider)
    assert [(m.retires_on, m.days_left) for m in retirements(lab, TODAY)] == [("soon", None)]


def test_a_model_made_of_a_model_dies_with_the_base_of_both(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    first = standin.past_job()
    second = standin.past_job(
        model=first.fine_tuned_model, training_file=first.training_file, suffix="second"
    )
    rescue(lab, provider)
    found = {model.name: model.retires_on for model in retirements(lab, TODAY)}
    assert found[second.fine_tuned_model or ""] == "2027-01-14"
