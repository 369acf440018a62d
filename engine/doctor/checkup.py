"""The whole of it: which looks are taken, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.config.settings import Settings
from engine.doctor import database, hosted, machine, notifications
from engine.doctor.examination import Probe, examine
from engine.doctor.finding import MACHINE, Finding
from engine.errors import LabError
from engine.places import Places


def check_up(
    places: Places,
    profiles: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """Look at this machine and at the services of profiles, all at the same time.

    Args:
        places: the lab to look at.
        profiles: the profiles to look at; all of them if none is named.
        progress: told of how many looks are done, and how many there are.

    Raises:
        NotFoundError: if there is no profile of a name.
    """
    probes = [*machine.probes(places), database.probe(places), notifications.probe(places)]
    try:
        settings = Settings.read(places)
        _ = settings.budget, settings.slots
    except LabError as error:
        faulty = Finding(MACHINE, "configuration", "failure", str(error))
        return [*examine(probes, progress), faulty]
    return examine([*probes, *_services(settings, profiles)], progress)


def _services(settings: Settings, profiles: Sequence[str]) -> list[Probe]:
    for name in profiles:
        settings.fields(name)  # Raises for a name that nobody has given.
    wanted = bool(profiles)
    names = dict.fromkeys(profiles) if wanted else settings.names()
    return [hosted.probe(settings, name, wanted=wanted) for name in names]
