"""Take an archive into the lab of a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.archive.importing import import_archive
from engine.lab import Lab

home, archive = map(Path, sys.argv[1:])
with Lab.open(home) as lab:
    import_archive(lab, archive)
