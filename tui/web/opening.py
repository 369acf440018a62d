"""Opening the page in a browser without the token in the list of processes."""

from __future__ import annotations

import html
import os
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAGE = '<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={}">\n'


@contextmanager
def opened(address: str) -> Iterator[None]:
    """Open an address by way of a file that only its owner can read, there while the block runs."""
    with tempfile.TemporaryDirectory(prefix="ftlab-web-") as folder:
        file = Path(folder) / "open.html"
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(_PAGE.format(html.escape(address)))
        # Some browsers keep whoever starts them waiting.
        threading.Thread(target=webbrowser.open, args=(file.as_uri(),), daemon=True).start()
        yield
