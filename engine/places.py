"""Where a lab keeps its things on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_DATABASE = "ftlab.db"


@dataclass(frozen=True, slots=True)
class Places:
    """The data directory of a lab and its database file.

    Attributes:
        home: the data directory.
        database: the event log; inside `home` unless chosen otherwise.
    """

    home: Path
    database: Path

    @classmethod
    def find(cls, home: Path | None = None, database: Path | None = None) -> Places:
        """Settle the places: arguments first, then FTLAB_HOME and FTLAB_DB, then the platform."""
        home = (home or _from_environment("FTLAB_HOME") or _platform_home()).absolute()
        chosen = database or _from_environment("FTLAB_DB") or home / _DATABASE
        return cls(home, chosen.absolute())

    @property
    def is_usual_database(self) -> bool:
        """Whether the database is the one that belongs to the data directory.

        It does if it lies there under the usual name, or if nothing else does.
        """
        usual = self.home / _DATABASE
        return self.database == usual or not usual.exists()

    @property
    def blobs(self) -> Path:
        """Dataset contents and result files, by their hash."""
        return self.home / "blobs"

    @property
    def models(self) -> Path:
        """Fine-tuned models, a folder each."""
        return self.home / "models"

    @property
    def tokenizers(self) -> Path:
        """Vocabularies of hosted models."""
        return self.home / "tokenizers"

    @property
    def prices(self) -> Path:
        """The user's own figures of hosted models, which come before ftlab's."""
        return self.home / "pricing.toml"

    @property
    def config(self) -> Path:
        """The user's settings and profiles."""
        return self.home / "config.toml"

    @property
    def dotenv(self) -> Path:
        """The user's own .env file, which counts after that of the working directory."""
        return self.home / ".env"

    def run(self, job: str) -> Path:
        """The folder of a local job: plan, progress file, log, checkpoints."""
        return self.home / "runs" / job

    def model(self, model: str) -> Path:
        """The folder of a fine-tuned model."""
        return self.models / model


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value).expanduser() if value else None


def _platform_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("ftlab", appauthor=False)
