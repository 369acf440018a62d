"""The driver of an app in a browser's tab: it ends with the server, however that ends."""

from __future__ import annotations

import os
from threading import Timer

from textual import messages
from textual.drivers.web_driver import WebDriver

_PATIENCE_SECONDS = 5.0


class TabDriver(WebDriver):
    """Textual's driver for the web, which would go on alone after a server that was killed."""

    def run_input_thread(self) -> None:
        """Take what is typed until the pipe from the server is closed, then end the app."""
        super().run_input_thread()
        if self.exit_event.is_set():
            return
        last_resort = Timer(_PATIENCE_SECONDS, os._exit, [1])
        last_resort.daemon = True
        last_resort.start()
        self._app.post_message(messages.ExitApp())
