"""The datasets of a lab: everything that is done with them, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.data.checking.report import Report
    from engine.data.cleaning.preview import Change
    from engine.data.cleaning.recipe import Recipe
    from engine.data.exporting.export import Exported
    from engine.data.exporting.targets import Target
    from engine.data.reading.options import ReadingOptions
    from engine.data.versions.checks import CheckWish
    from engine.data.versions.costs import TokenCount
    from engine.data.versions.diffing import Diff
    from engine.data.versions.dividing import Split, SplitSizes
    from engine.data.versions.importing import Added, Source
    from engine.data.versions.sampling import Sample
    from engine.data.versions.tally import Tally
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

Progress = Callable[[int, int | None], None]
"""Called now and then with what is done and what there is to do, None where nobody knows."""


class Datasets:
    """Takes files in, makes versions of versions, and tells what is in them.

    Each method says where the work is done; those modules are loaded when they are first needed.

    Args:
        lab: whose datasets they are.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def add(
        self,
        source: Source,
        name: str,
        *,
        skip_bad: bool = False,
        progress: Progress | None = None,
        cause: int | None = None,
    ) -> Added:
        """Record a file as a dataset version; see `engine.data.versions.importing.add_file`."""
        from engine.data.versions.importing import add_file

        return add_file(self._lab, source, name, skip_bad=skip_bad, progress=progress, cause=cause)

    def split(
        self,
        reference: str,
        sizes: SplitSizes,
        progress: Progress | None = None,
    ) -> Split:
        """Divide a dataset version; see `engine.data.versions.dividing.split_version`."""
        from engine.data.versions.dividing import split_version

        return split_version(self._lab, reference, sizes, progress)

    def merge(
        self,
        references: Sequence[str],
        name: str,
        *,
        dedupe: bool = False,
        progress: Progress | None = None,
    ) -> tuple[DatasetRow, int]:
        """Make one version of several; see `engine.data.versions.merging.merge_versions`."""
        from engine.data.versions.merging import merge_versions

        return merge_versions(self._lab, references, name, dedupe=dedupe, progress=progress)

    def append(
        self, name: str, messages: list[dict[str, Any]], origin: Mapping[str, Any]
    ) -> DatasetRow:
        """Make a version with one example more; see `engine.data.versions.appending`."""
        from engine.data.versions.appending import append_example

        return append_example(self._lab, name, messages, origin)

    def sample(
        self,
        reference: str,
        name: str,
        sample: Sample,
        progress: Progress | None = None,
    ) -> DatasetRow:
        """Make a smaller version; see `engine.data.versions.sampling.sample_version`."""
        from engine.data.versions.sampling import sample_version

        return sample_version(self._lab, reference, name, sample, progress)

    def diff(self, before: str, after: str) -> Diff:
        """Compare two versions; see `engine.data.versions.diffing.Diff`."""
        from engine.data.versions.diffing import Diff

        return Diff(self._lab, before, after)

    def clean(
        self,
        reference: str,
        recipe: Recipe,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> tuple[DatasetRow, Tally]:
        """Make a cleaned version; see `engine.data.versions.cleaning.clean_version`."""
        from engine.data.versions.cleaning import clean_version

        return clean_version(self._lab, reference, recipe, name, progress)

    def preview(self, reference: str, recipe: Recipe, limit: int) -> list[Change]:
        """Tell what a recipe would change; see `engine.data.versions.cleaning`."""
        from engine.data.versions.cleaning import preview_version

        return preview_version(self._lab, reference, recipe, limit)

    def check(
        self,
        reference: str,
        wish: CheckWish,
        progress: Progress | None = None,
    ) -> tuple[DatasetRow, Report]:
        """Check a version and record what was found; see `engine.data.versions.checks`."""
        from engine.data.versions.checks import check_version

        return check_version(self._lab, reference, wish, progress)

    def check_file(
        self,
        path: Path,
        wish: CheckWish,
        reading: ReadingOptions | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Check a file as it stands; see `engine.data.versions.checks.check_file`."""
        from engine.data.versions.checks import check_file

        return check_file(self._lab, path, wish, reading, progress)

    def count_tokens(
        self,
        reference: str,
        model: str,
        *,
        epochs: int | None = None,
        progress: Progress | None = None,
    ) -> TokenCount:
        """Count a version's tokens and what they cost; see `engine.data.versions.costs`."""
        from engine.data.versions.costs import count_version

        return count_version(self._lab, reference, model, epochs=epochs, progress=progress)

    def export(
        self,
        reference: str,
        target: Path,
        to: Target,
        *,
        keep_columns: bool | None = None,
        skip_unfit: bool = False,
        replace: bool = False,
        progress: Progress | None = None,
    ) -> Exported:
        """Write a version to a file of another shape; see `engine.data.exporting.export`."""
        from engine.data.exporting.export import export
        from engine.data.versions.contents import records_of
        from store.queries.datasets import dataset

        version = dataset(self._lab.database.reader, reference)
        return export(
            records_of(self._lab, version, progress),
            target,
            to,
            keep_columns=keep_columns,
            skip_unfit=skip_unfit,
            replace=replace,
        )
