from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import ColorType
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from engine.config import file
from engine.places import Places
from tests.tui.conftest import Drive, StillLab
from tui.contrast import SHAPE, TEXT, contrast, legible
from tui.ink import INKS, Ink
from tui.theme import SHAPES, cursor_style, has_own_ground, ink_styles, readable_cursor
from tui.themed import wanted_theme
from tui.themes import FTLAB, FTLAB_LIGHT, OURS, TERMINAL, TERMINAL_LIGHT

SHADED = [FTLAB, FTLAB_LIGHT]
OF_THE_TERMINAL = [TERMINAL, TERMINAL_LIGHT]
ALL = [*OURS, *BUILTIN_THEMES.values()]
CUBE = (0, 95, 135, 175, 215, 255)


def variables_of(theme: Theme) -> dict[str, str]:
    variables = {**theme.to_color_system().generate(), **theme.variables}
    return variables if theme in OURS else variables | readable_cursor(variables)


def named(theme: Theme) -> str:
    return theme.name


def grounds_of(variables: dict[str, str]) -> list[Color]:
    names = ("background", "surface", "block-cursor-background", "block-cursor-blurred-background")
    return [Color.parse("#000000") + Color.parse(variables[name]) for name in names]


def test_contrast_is_that_of_the_standard() -> None:
    black, white, grey = Color(0, 0, 0), Color(255, 255, 255), Color(0x76, 0x76, 0x76)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, grey) == pytest.approx(4.54, abs=0.01)
    assert contrast(grey, grey) == 1


def test_a_colour_is_moved_only_as_far_as_it_must() -> None:
    white, pale = Color(255, 255, 255), Color(0xAA, 0xAA, 0xAA)
    assert legible(Color(0, 0, 0), [white], TEXT) == Color(0, 0, 0)
    moved = legible(pale, [white], TEXT)
    assert TEXT <= contrast(moved, white) < 8


@pytest.mark.parametrize("theme", SHADED, ids=named)
@pytest.mark.parametrize("ink", INKS)
def test_our_inks_can_be_read_on_every_ground_as_they_are(theme: Theme, ink: Ink) -> None:
    variables = variables_of(theme)
    style = ink_styles(variables)[ink]
    assert style.color is not None
    colour = Color.from_rich_color(style.color)
    own = style.bgcolor
    grounds = [Color.from_rich_color(own)] if own else grounds_of(variables)
    least = SHAPE if ink in SHAPES else TEXT
    assert min(contrast(colour, ground) for ground in grounds) >= least
    assert colour.hex6.lower() in {value.lower() for value in variables.values()}


@pytest.mark.parametrize("theme", SHADED, ids=named)
def test_our_colours_are_of_the_256_colour_palette(theme: Theme) -> None:
    given = [theme.primary, theme.secondary, theme.success, theme.warning, theme.error]
    given += [theme.foreground, theme.background, theme.surface, theme.panel, theme.boost]
    given += [value for value in theme.variables.values() if value.startswith("#")]
    for value in given:
        assert value is not None
        colour = Color.parse(value)
        grey = colour.r == colour.g == colour.b and (colour.r - 8) % 10 == 0 and colour.r <= 238
        assert grey or {colour.r, colour.g, colour.b} <= {*CUBE}, value


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=named)
def test_inks_can_be_read_in_all_of_textuals_themes(theme: Theme) -> None:
    variables = variables_of(theme)
    if has_own_ground(variables):
        return
    for ink, style in ink_styles(variables).items():
        assert style.color is not None
        colour = Color.from_rich_color(style.color)
        own = style.bgcolor
        grounds = [Color.from_rich_color(own)] if own else grounds_of(variables)
        least = SHAPE if ink in SHAPES else TEXT
        assert min(contrast(colour, ground) for ground in grounds) >= least, ink


@pytest.mark.parametrize("theme", ALL, ids=named)
def test_the_cursor_is_seen_in_every_theme(theme: Theme) -> None:
    variables = variables_of(theme)
    focused = cursor_style(variables, focused=True)
    if has_own_ground(variables):
        assert focused == Style(reverse=True)
        return
    assert focused.bgcolor is not None
    ground, surface, *_ = grounds_of(variables)
    for other in (ground, surface):
        assert contrast(Color.from_rich_color(focused.bgcolor), other) >= 1.2


@pytest.mark.parametrize("theme", OF_THE_TERMINAL, ids=named)
@pytest.mark.parametrize("ink", INKS)
def test_the_terminals_own_colours_are_the_eight_oldest_and_never_mixed(
    theme: Theme, ink: Ink
) -> None:
    style = ink_styles(variables_of(theme))[ink]
    assert style.bgcolor is None
    assert style.color is not None
    assert style.color.type in (ColorType.DEFAULT, ColorType.STANDARD)
    assert style.color.number is None or style.color.number < 8


@pytest.mark.parametrize("theme", ALL, ids=named)
def test_inks_that_mean_different_things_look_different(theme: Theme) -> None:
    inks = ink_styles(variables_of(theme))
    assert inks["plain"] != inks["dim"]
    assert len({inks[ink] for ink in ("good", "bad", "plain")}) == 3
    assert inks["key"].bold


def test_the_environment_comes_first_then_env_files_then_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FTLAB_THEME", raising=False)
    monkeypatch.chdir(tmp_path)
    places = Places(tmp_path, tmp_path / "ftlab.db")
    assert wanted_theme(places)[0] is None
    places.config.write_text('theme = "nord"')
    assert wanted_theme(places) == ("nord", str(places.config))
    places.dotenv.write_text("FTLAB_THEME=dracula")
    assert wanted_theme(places)[0] == "dracula"
    monkeypatch.setenv("FTLAB_THEME", "terminal")
    assert wanted_theme(places) == ("terminal", "FTLAB_THEME in the environment")


@pytest.mark.parametrize("text", ["theme = 5", "theme = ", "\x00", "theme = ['x']"])
def test_a_damaged_file_wants_no_theme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.delenv("FTLAB_THEME", raising=False)
    places = Places(tmp_path, tmp_path / "ftlab.db")
    places.config.write_text(text)
    assert wanted_theme(places)[0] is None


async def test_the_theme_that_is_wanted_is_there_from_the_beginning(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLAB_THEME", "gruvbox")
    async with drive(lab) as ui:
        assert ui.app.theme == "gruvbox"


async def test_a_theme_that_does_not_exist_is_told(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLAB_THEME", "no-such")
    async with drive(lab) as ui:
        assert ui.app.theme == "ftlab"
        told = "there is no theme no-such, as FTLAB_THEME in the environment wants"
        await ui.until(lambda: ui.told == [told])


@pytest.mark.parametrize(
    ("variable", "value", "theme"),
    [
        ("TERM", "xterm", "terminal"),
        ("TERM", "linux", "terminal"),
        ("TERM", "tmux-256color", "ftlab"),
        ("NO_COLOR", "1", "terminal"),
        ("NO_COLOR", "", "ftlab"),
    ],
)
async def test_the_theme_suits_the_terminal(
    lab: StillLab,
    drive: Drive,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    theme: str,
) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv(variable, value)
    async with drive(lab) as ui:
        assert ui.app.theme == theme


async def test_a_theme_is_seen_before_it_is_chosen_and_kept_after(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+t")
        await ui.until_shown("ftlab-light", "This is how it looks now")
        await ui.press("down")
        await ui.until(lambda: ui.app.theme == "ftlab-light")
        await ui.press("escape")
        assert ui.app.theme == "ftlab"
        await ui.press("ctrl+t", *"nord", "enter")
        await ui.until(lambda: "theme nord, also from now on" in ui.told)
        assert ui.app.theme == "nord"
    assert file.read(lab.places.config).theme == "nord"


async def test_where_no_colours_are_wanted_no_theme_is_offered(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with drive(lab) as ui:
        await ui.press("ctrl+t")
        await ui.until(lambda: "NO_COLOR is set in the environment" in "".join(ui.told))


async def test_the_lines_are_inked_anew_in_another_theme(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        before = ui.rows.in_sight()
        ui.app.theme = "ftlab-light"
        await ui.until(lambda: ui.rows.in_sight() != before)
        texts = [strip.text for strip in ui.rows.in_sight()]
        assert texts == [strip.text for strip in before]
