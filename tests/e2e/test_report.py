"""`ftlab compare --report`: the file that is sent to somebody, and how a browser shows it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from engine.lab import Lab
from engine.places import Places
from engine.suites.prompts import Prompt
from tests.browsers import Page, find_browser, page, resize, running
from tests.e2e.conftest import Ftlab
from tests.engine.comparing.evaluations import Evaluations, right, wrong

_EXAMPLE = Path(__file__).parents[2] / "ftlab.db.example"
_FIRST, _SECOND = "mdl_1qf26stm2ah", "mdl_1qf2j6keaze"
_HOSTILE = "</div><script>document.title='taken'</script><img src='http://example.com/x.png'>"
_SHOWN = "[...document.querySelectorAll('article')].filter((each) => !each.hidden).length"
_GROUND = "getComputedStyle(document.body).backgroundColor"
_BROWSER = find_browser()

in_a_browser = pytest.mark.skipif(
    _BROWSER is None,
    reason="no Chromium is installed (apt install chromium-headless-shell), and "
    "FTLAB_TEST_BROWSER names none",
)


@pytest.fixture
def example(ftlab: Ftlab) -> Ftlab:
    ftlab.home.mkdir(exist_ok=True)
    shutil.copy(_EXAMPLE, ftlab.database)
    return ftlab


@pytest.fixture
def evaluated(example: Ftlab) -> Ftlab:
    """The example, whose two models were evaluated by a suite of eight prompts."""
    prompts = [
        Prompt(
            ({"role": "user", "content": f"How much is {n} + {n}?"},),
            (),
            {"role": "assistant", "content": f"It is {2 * n}."},
        )
        for n in range(8)
    ]
    with Lab(Places(example.home, example.database), role="cli") as lab:
        evaluations = Evaluations(lab.log, lab.blobs)
        suite = evaluations.suite("sums", prompts)
        said = [right(f"It is {2 * n}.", cost=0.002) for n in range(8)]
        evaluations.evaluate(suite, _FIRST, said)
        said[:3] = [wrong(_HOSTILE), wrong("It is 3."), wrong("Elephants.")]
        evaluations.evaluate(suite, _SECOND, said)
    return example


def _reported(ftlab: Ftlab, file: Path, *more: str) -> Path:
    done = ftlab("compare", "first-try", "long-run", "--report", file, *more)
    assert (done.status, done.err) == (0, f"The report is in {file}\n")
    return file


def test_a_report_is_written_beside_what_is_printed(evaluated: Ftlab, tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    printed = evaluated("compare", "first-try", "long-run").out
    done = evaluated("compare", "first-try", "long-run", "--report", file)
    assert (done.status, done.out) == (0, printed)
    first = file.read_bytes()
    assert b"Elephants." in first
    # The same events make the same bytes, in another process and with another order of hashes.
    again = evaluated("compare", "first-try", "long-run", "--report", file, "--replace")
    assert again.status == 0
    assert file.read_bytes() == first
    shown = evaluated("compare", "first-try", "long-run", "--report", tmp_path / "out.md", "--json")
    assert shown.out.startswith("{")
    assert "It is ~~2~~**3**." in (tmp_path / "out.md").read_text()


@pytest.mark.slow
def test_its_events_can_be_checked_with_what_it_says(example: Ftlab, tmp_path: Path) -> None:
    told = _reported(example, tmp_path / "out.md").read_text()
    event = example.document("history", "--at", "136", "--limit", "1")
    verified = example.document("verify")
    assert event["hash"] == verified["head"]
    assert event["hash"] in told
    assert example("models", "tag", "first-try", "prod").status == 0
    again = tmp_path / "again" / "out.md"
    again.parent.mkdir()
    assert "compare first-try long-run --at 136 --report out.md" in told
    past = _reported(example, again, "--at", "136").read_text()
    made_by = "It was made by `ftlab compare first-try long-run --report out.md`."
    assert past == told.replace(made_by, made_by.replace(" --report", " --at 136 --report"))


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        (["--report", "out.pdf"], 2, "out.pdf ends in none of .html, .md"),
        (["--report", "nowhere/out.md"], 3, "there is no folder nowhere"),
        (["--replace"], 2, "there is none"),
    ],
)
def test_what_cannot_be_written_is_refused(
    example: Ftlab, more: list[str], status: int, words: str
) -> None:
    refused = example("compare", "first-try", "long-run", *more)
    assert (refused.status, refused.out) == (status, "")
    assert words in refused.err


def test_nothing_is_overwritten_unasked(example: Ftlab, tmp_path: Path) -> None:
    file = tmp_path / "out.md"
    file.write_text("mine")
    refused = example("compare", "first-try", "long-run", "--report", file)
    assert (refused.status, refused.out) == (3, "")
    assert "say --replace" in refused.err
    assert file.read_text() == "mine"


@pytest_asyncio.fixture
async def opened(evaluated: Ftlab, tmp_path: Path) -> AsyncIterator[Page]:
    """The page, opened from the disk."""
    assert _BROWSER is not None
    file = _reported(evaluated, tmp_path / "out.html")
    with running(_BROWSER, tmp_path / "browser") as address:
        async with page(address, 1200, 900) as found:
            await found.ask("Page.navigate", url=file.as_uri())
            await found.until_true("!document.querySelector('.filter').hidden")
            yield found


@in_a_browser
async def test_a_browser_asks_nobody_and_complains_of_nothing(opened: Page) -> None:
    asked = [
        told["request"]["url"]
        for method, told in opened.heard
        if method == "Network.requestWillBeSent"
    ]
    assert [url.partition(":")[0] for url in asked if not url.startswith("data:")] == ["file"]
    assert not [told for method, told in opened.heard if method == "Log.entryAdded"]
    assert not [told for method, told in opened.heard if method == "Runtime.exceptionThrown"]
    assert not [told for method, told in opened.heard if method == "Runtime.consoleAPICalled"]
    assert await opened.evaluate("document.title") == "first-try and long-run · ftlab"
    assert await opened.evaluate("document.images.length + document.scripts.length") == 1


@in_a_browser
async def test_the_answers_are_narrowed_down(opened: Page) -> None:
    async def shown_with(change: str) -> int:
        await opened.evaluate(
            "(() => { const form = document.querySelector('.filter'); form.reset(); "
            f"const field = form.elements; {change}; "
            "form.dispatchEvent(new Event('input', {bubbles: true})) })()"
        )
        found: int = await opened.evaluate(_SHOWN)
        return found

    assert await shown_with("") == 8
    assert await shown_with("field.text.value = 'ELEPHANTS much'") == 1
    assert await shown_with("field.differs.checked = true") == 3
    assert await shown_with("field.outcome.value = '1-worse'") == 3
    assert await shown_with("field.scorer.value = '0'; field.outcome.value = '1-better'") == 0
    assert await opened.evaluate("document.querySelector('.nothing').checkVisibility()")
    assert await shown_with("field.scorer.value = '0'; field.outcome.value = '1-tie'") == 5
    told = await opened.evaluate("document.querySelector('.filter output').textContent")
    assert told == "5 of 8"


@in_a_browser
async def test_it_is_there_without_its_script(opened: Page) -> None:
    await opened.ask("Emulation.setScriptExecutionDisabled", value=True)
    await opened.ask("Page.reload")
    await opened.until_true("document.querySelector('.filter')?.hidden")
    assert await opened.evaluate(_SHOWN) == 8


@in_a_browser
async def test_it_fits_light_and_dark_and_a_telephone(opened: Page) -> None:
    async def look(scheme: str) -> str:
        feature = {"name": "prefers-color-scheme", "value": scheme}
        await opened.ask("Emulation.setEmulatedMedia", features=[feature])
        found: str = await opened.evaluate(_GROUND)
        return found

    assert (await look("light"), await look("dark")) == ("rgb(253, 253, 252)", "rgb(22, 24, 27)")
    await resize(opened, 360, 740)
    wide = "document.documentElement.scrollWidth"
    assert await opened.evaluate(wide) <= 360
    await opened.ask("Emulation.setEmulatedMedia", media="print")
    assert await opened.evaluate(_GROUND) == "rgb(255, 255, 255)"
    assert await opened.evaluate("document.querySelector('nav').checkVisibility()") is False
