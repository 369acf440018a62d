"""Looks at a profile's service."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from engine.config.settings import Settings
from engine.doctor import hosted
from engine.doctor.examination import examine
from engine.doctor.finding import Finding
from engine.places import Places
from tests.engine import keyrings
from tests.engine.providers.hosted.loopback import Answer, Service, refusal, running

_KEY = "sk-proj-Zq7Xw2mN9rT4vB8kL3"
_MISSING = "You have insufficient permissions for this operation. Missing scopes: api.files.read."


@pytest.fixture(autouse=True)
def _without_this_machines_keyring() -> Iterator[None]:
    with keyrings.used(keyrings.NoKeyring):
        yield


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        found.right = _has_the_key
        yield found


def _has_the_key(headers: Message) -> bool:
    return headers.get("Authorization") == f"Bearer {_KEY}"


class Desk:
    """A data directory whose configuration leads to a service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = Places(folder, folder / "ftlab.db")

    def write(self, url: str, kind: str = "compatible", more: str = "") -> None:
        text = f'[profiles.here]\nkind = "{kind}"\nbase_url = "{url}"\n{more}'
        self.places.config.write_text(text)

    def look(self, environment: dict[str, str], name: str = "here") -> list[Finding]:
        settings = Settings.read(self.places, environment, self.folder)
        return examine([hosted.probe(settings, name, wanted=False)])


@pytest.fixture
def desk(tmp_path: Path, service: Service) -> Desk:
    desk = Desk(tmp_path)
    desk.write(service.url)
    return desk


def _short(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.name, finding.status) for finding in found]


def _only(found: list[Finding], name: str) -> Finding:
    (finding,) = [finding for finding in found if finding.name == name]
    return finding


_REACHED = [("key", "ok"), ("address", "ok"), ("clock", "ok")]


def test_a_service_where_all_is_well(desk: Desk, service: Service) -> None:
    found = desk.look({"FTLAB_HERE_API_KEY": _KEY})
    assert _short(found) == [
        *_REACHED,
        ("key", "ok"),
        ("models", "ok"),
        ("files", "ok"),
        ("fine-tuning jobs", "ok"),
        ("limits", "ok"),
    ]
    assert found[0].what == "from FTLAB_HERE_API_KEY in the environment"
    assert found[1].what.startswith(f"{service.url} answers (401, ")
    assert {finding.subject for finding in found} == {"here"}


def test_only_lists_are_asked_for(desk: Desk, service: Service) -> None:
    desk.look({"FTLAB_HERE_API_KEY": _KEY})
    assert [(asked.method, asked.path) for asked in service.asked] == [
        ("GET", "/v1/models"),
        ("GET", "/v1/models"),
        ("GET", "/v1/files?limit=1"),
        ("GET", "/v1/fine_tuning/jobs?limit=1"),
    ]
    assert "Authorization" not in service.asked[0].headers


def test_a_wrong_key_is_told_once_and_nothing_more_is_asked(desk: Desk, service: Service) -> None:
    found = desk.look({"FTLAB_HERE_API_KEY": "sk-wrong-Zq7Xw2mN9rT4vB8kL3"})
    assert _short(found) == [*_REACHED, ("key", "failure")]
    assert "refused the key from FTLAB_HERE_API_KEY in the environment" in found[-1].what
    assert "Zq7X" not in str(found)
    assert len(service.asked) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_right_that_the_key_lacks_is_told_with_its_name(
    desk: Desk, service: Service, status: int
) -> None:
    service.answers["/v1/files"] = refusal(status, _MISSING)
    found = desk.look({"FTLAB_HERE_API_KEY": _KEY})
    assert _short(found)[3:-1] == [
        ("key", "ok"),
        ("models", "ok"),
        ("files", "failure"),
        ("fine-tuning jobs", "ok"),
    ]
    files = _only(found, "files")
    assert "Missing scopes: api.files.read" in files.what
    assert files.advice == "give the key the right to read files, or use a key that has it"


def test_a_service_without_fine_tuning_is_a_warning(desk: Desk, service: Service) -> None:
    service.answers["/v1/fine_tuning/jobs"] = refusal(404, "Not Found")
    found = desk.look({"FTLAB_HERE_API_KEY": _KEY})
    assert _only(found, "fine-tuning jobs").status == "warning"


def test_an_address_with_nothing_of_the_api_is_a_failure_and_no_key_was_accepted(
    desk: Desk, service: Service
) -> None:
    for path in ("/v1/models", "/v1/files", "/v1/fine_tuning/jobs"):
        service.answers[path] = Answer(404, "<html>nginx</html>", kind="text/html")
    found = desk.look({"FTLAB_HERE_API_KEY": _KEY})
    assert _short(found)[3:] == [
        ("models", "warning"),
        ("files", "warning"),
        ("fine-tuning jobs", "warning"),
        ("address", "failure"),
    ]
    assert found[-1].advice == "is its /v1 missing, or is there too much behind it?"


def test_a_key_that_crosses_the_network_unencrypted_is_a_warning(desk: Desk) -> None:
    desk.write("http://nowhere.invalid/v1", more="allow_http = true\n")
    found = desk.look({"FTLAB_HERE_API_KEY": _KEY})
    assert _short(found)[:2] == [("key", "ok"), ("address", "warning")]
    assert "unencrypted" in found[1].what


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(body={}), "answered, but with no list"),
        (Answer(body="[]"), "none of this API"),
        (Answer(body='{"data": ['), "cut off"),
        (Answer(body="<html>Log in</html>", kind="text/html"), "answered with a web page"),
        (Answer(fault="reset"), "broke off"),
        (refusal(500, "Oh no."), "failed at its own end"),
        (refusal(429, "No money.", "insufficient_quota"), "no money or no quota left"),
    ],
)
def test_an_answer_that_is_none_is_a_failure(
    desk: Desk, service: Service, answer: Answer, words: str
) -> None:
    service.answers["/v1/files"] = answer
    files = _only(desk.look({"FTLAB_HERE_API_KEY": _KEY}), "files")
    assert files.status == "failure"
    assert words in files.what


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("Sat, 21 Nov 2020 12:00:00 GMT", "days ahead of the service's"),
        ("Sat, 21 Nov 2120 12:00:00 GMT", "days behind the service's"),
    ],
)
def test_a_clock_that_is_wrong_is_a_warning(
    desk: Desk, service: Service, date: str, words: str
) -> None:
    service.right = lambda _headers: True
    service.answers["/v1/models"] = Answer(headers={"Date": date})
    clock = _only(desk.look({"FTLAB_HERE_API_KEY": _KEY}), "clock")
    assert clock.status == "warning"
    assert words in clock.what


@pytest.mark.parametrize(("left", "status"), [("4999", "ok"), ("0", "warning")])
def test_limits_are_told_as_far_as_the_headers_tell(
    desk: Desk, service: Service, left: str, status: str
) -> None:
    headers = {"X-RateLimit-Limit-Requests": "5000", "X-RateLimit-Remaining-Requests": left}
    service.answers["/v1/models"] = Answer(headers=headers)
    limits = _only(desk.look({"FTLAB_HERE_API_KEY": _KEY}), "limits")
    assert limits.status == status
    assert "of 5,000 requests left" in limits.what


def test_a_service_that_cannot_be_reached_is_told_and_nothing_more_is_tried(desk: Desk) -> None:
    desk.write("http://127.0.0.1:1/v1")
    found = desk.look({"FTLAB_HERE_API_KEY": _KEY})
    assert _short(found) == [("key", "ok"), ("address", "failure")]
    assert "nothing listens at 127.0.0.1:1" in found[1].what
    assert found[1].advice == "ftlab works offline too, all but this profile"


def test_a_profile_without_a_key_is_looked_at_as_far_as_that_goes(
    desk: Desk, service: Service
) -> None:
    desk.write("https://nowhere.invalid/v1")
    found = desk.look({})
    assert _short(found) == [("key", "failure"), ("address", "failure")]
    assert found[0].what == "there is none"
    assert found[0].advice == "set FTLAB_HERE_API_KEY in the environment or in a .env file"
    assert service.asked == []


def test_the_built_in_profile_without_a_key_is_left_alone_unless_it_is_named(desk: Desk) -> None:
    desk.places.config.unlink()
    (found,) = desk.look({}, "openai")
    assert found.status == "ok"
    assert found.what == "none, so this profile is not used"
    assert found.advice == "set OPENAI_API_KEY in the environment or in a .env file"


def test_the_built_in_profile_goes_where_the_environment_leads(
    desk: Desk, service: Service
) -> None:
    environment = {"OPENAI_API_KEY": _KEY, "OPENAI_BASE_URL": service.url}
    found = desk.look(environment, "openai")
    assert _only(found, "fine-tuning jobs").status == "ok"


def test_an_address_that_does_not_count_is_told(desk: Desk, service: Service) -> None:
    (desk.folder / ".env").write_text("OPENAI_ORG_ID=org-of-the-folder\n")
    environment = {"OPENAI_API_KEY": _KEY, "OPENAI_BASE_URL": service.url}
    warned = [item for item in desk.look(environment, "openai") if item.status == "warning"]
    assert [item.what.partition(" does not count")[0] for item in warned] == [
        f"OPENAI_ORG_ID in {desk.folder / '.env'}"
    ]


def test_azure_is_asked_in_its_own_way(desk: Desk, service: Service) -> None:
    service.right = lambda headers: headers.get("api-key") == _KEY
    resource = service.url.removesuffix("/v1")
    desk.write(resource, "azure", 'api_version = "2024-10-21"\n')
    found = desk.look({"AZURE_OPENAI_API_KEY": _KEY})
    assert _short(found)[-2] == ("fine-tuning jobs", "ok")
    assert service.asked[0].path == "/openai/models?api-version=2024-10-21"


def test_a_key_that_cannot_be_one_is_told_and_not_shown(desk: Desk) -> None:
    found = desk.look({"FTLAB_HERE_API_KEY": "sk-Zq7X w2mN"})
    assert found[0].status == "failure"
    assert "FTLAB_HERE_API_KEY in the environment" in found[0].what
    assert "Zq7X" not in str(found)
