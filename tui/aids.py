"""What helps on every screen: the palette, the themes, the letters to jump by, the help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.actions import Place
from tui.routes import Routes
from tui.themed import Themed
from tui.widgets.search_line import SearchLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.jumping import Spot
    from tui.palette import Entry


class Aided(Themed, Routes):
    """An app that helps a person find the way.

    Attributes:
        own_keys: the user's own keys, by the id of the action.
    """

    ENABLE_COMMAND_PALETTE = False
    """Textual's; ours takes its place."""

    ALLOW_SELECT = False
    """Textual's knows no lines of ours: Y copies a panel, shift and the mouse anything."""

    own_keys: Mapping[str, str]

    def action_command_palette(self) -> None:
        """Let somebody find a command, a screen, a theme, or anything that has a name."""
        from tui.palette import commands, theme_entries

        themes = theme_entries(self.available_themes, self.theme)
        self._choose([*commands(self._places, self.own_keys), *themes], self._find)

    def action_themes(self) -> None:
        """Let somebody choose the colours."""
        from tui.palette import theme_entries

        if self.no_color:
            self.keep_theme(self.theme, self.lab.places)
            return
        themes = theme_entries(self.available_themes, self.theme)
        self._choose(themes, lambda _: [], self.theme, "a part of a theme's name")

    def _choose(
        self,
        entries: Sequence[Entry],
        find: Callable[[str], list[Entry]],
        chosen: str = "",
        hint: str = "what to do, or a name",
    ) -> None:
        from tui.screens.palette import Palette

        screen, before = self.screen, self.theme

        def look(entry: Entry | None) -> None:
            self.show_theme(entry.target if entry and entry.does == "theme" else before)

        def take(entry: Entry | None) -> None:
            if entry is not None:
                # The palette is gone by then.
                self.call_later(self._do, entry, screen)

        if not isinstance(screen, Palette):
            self.push_screen(Palette(entries, find, look, chosen, hint), take)

    def _find(self, text: str) -> list[Entry]:
        """Return what has a name, and what is settled; called in a thread."""
        from engine.config.settings import Settings
        from tui.palette import named_things, setting_entries

        settings = setting_entries(Settings.read(self.lab.places))
        return [*settings, *named_things(self.sight.database.reader, text)]

    async def _do(self, entry: Entry, screen: Screen[Any]) -> None:
        target = entry.target
        match entry.does:
            case "theme":
                self.keep_theme(target, self.lab.places)
            case "setting":
                self.notify(f"`ftlab config set {target} VALUE` settles it anew", markup=False)
            case "job":
                self.show_job(target)
            case "dataset":
                self._look_for(self.action_datasets, target)
            case "model":
                self._look_for(self.action_models, target)
            case action if screen in self.screen_stack:
                await self.run_action(action, default_namespace=screen)

    def _look_for(self, go: Callable[[], None], name: str) -> None:
        """Go to a list, and search for a name in it."""
        go()

        def look() -> None:
            for line in self.screen.query(SearchLine):
                line.look_for(f'name="{name}"')

        self.call_after_refresh(look)

    def action_jump(self) -> None:
        """Put a letter on every place of the screen."""
        from tui.jumping import spots_of
        from tui.screens.jump import Jump

        def jump(spot: Spot | None) -> None:
            if spot is not None:
                self.call_later(spot.take)

        self.push_screen(Jump(spots_of(self.screen)), jump)

    def action_help(self) -> None:
        """Show what is in focus, and the keys that work here."""
        from tui.screens.help import Help

        self.push_screen(Help(self.screen, self._places))

    @property
    def _places(self) -> tuple[Place, ...]:
        places: tuple[Place, ...] = getattr(self.screen, "PLACES", ("everywhere",))
        return places
