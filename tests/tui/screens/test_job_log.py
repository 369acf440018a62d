"""The panel with the end of a job's log."""

from __future__ import annotations

from tests.tui.conftest import Drive, StillLab


async def test_an_ended_jobs_log_is_read_again_when_its_file_changes(
    lab: StillLab, drive: Drive
) -> None:
    folder = lab.places.run("job_1")
    folder.mkdir(parents=True)
    log = folder / "log.txt"
    log.write_text("the first words\n")
    async with drive(lab) as ui:
        await ui.press("G", "5")
        await ui.until_shown("the first words")
        log.write_text("the first words\nand then some more\n")
        await ui.until_shown("and then some more")


async def test_an_endless_line_hides_no_other(lab: StillLab, drive: Drive) -> None:
    folder = lab.places.run("job_1")
    folder.mkdir(parents=True)
    (folder / "log.txt").write_text(f"before\n{'A' * 3_000_000}\nafter\n")
    async with drive(lab) as ui:
        await ui.press("G", "5")
        await ui.until_shown("before", "AAAA", "after")


async def test_that_a_jobs_folder_is_gone_is_said(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("G", "5")
        await ui.until_shown("No log: the job's folder is gone.", "~/runs/job_1")
        lab.places.run("job_1").mkdir(parents=True)
        await ui.press("ctrl+r")
        await ui.until_shown("wrote none so far")
