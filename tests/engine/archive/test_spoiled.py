"""Archives that are damaged, tampered with, or made to do harm: refused whole, and named."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from engine.archive import contents
from engine.archive.errors import ArchiveError
from engine.archive.importing import import_archive
from engine.archive.selection import Wish
from engine.data.errors import DataError
from engine.errors import LabError
from engine.lab import Lab
from store.verify import verify
from tests.engine.archive.conftest import (
    Files,
    archive_of,
    files_in,
    planned,
    with_true_manifest,
    write_tar,
)
from tests.engine.archive.states import contents_of

Spoil = Callable[[Callable[[Files], object]], Path]
RESULTS = "jobs/support_bot.job_2/results/file-9.csv"


def _refused(lab: Lab, archive: Path, pattern: str) -> None:
    """See that an archive is refused in these words, and nothing of it taken in."""
    with pytest.raises(ArchiveError, match=pattern):
        import_archive(lab, archive)
    assert lab.database.head() == 1
    assert contents_of(lab) == {}
    assert not lab.places.models.exists()


def test_a_changed_byte_is_named_by_its_file(spoiled: Spoil, other: Lab) -> None:
    def change(files: Files) -> None:
        files[RESULTS] = files[RESULTS].replace(b"2.5", b"0.5")

    _refused(other, spoiled(change), r"spoiled\.tar: jobs/.*file-9\.csv is not what manifest\.json")


def test_a_longer_file_is_not_even_read(spoiled: Spoil, other: Lab) -> None:
    def change(files: Files) -> None:
        files[RESULTS] += b"3,1.0\n"

    _refused(other, spoiled(change), r"file-9\.csv has 34 bytes, not 28 as manifest\.json says")


def test_a_missing_file_is_named(spoiled: Spoil, other: Lab) -> None:
    _refused(other, spoiled(lambda files: files.pop(RESULTS)), r"lacks jobs/.*file-9\.csv\. Fetch")


def test_a_file_that_was_put_in_is_named(spoiled: Spoil, other: Lab) -> None:
    def change(files: Files) -> None:
        files["jobs/more.json"] = b"{}"

    _refused(other, spoiled(change), r"jobs/more\.json is there twice, or not in manifest\.json")


def test_a_file_that_is_there_twice_is_named(full: Lab, other: Lab, tmp_path: Path) -> None:
    archive = archive_of(full, tmp_path / "twice.tar")
    with tarfile.open(archive, "a", format=tarfile.USTAR_FORMAT) as opened:
        content = files_in(archive)[RESULTS]
        info = tarfile.TarInfo(RESULTS)
        info.size = len(content)
        opened.addfile(info, io.BytesIO(content))

    _refused(other, archive, r"file-9\.csv is there twice")


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.zst"])
def test_an_archive_that_is_cut_off_anywhere_is_refused(
    full: Lab, other: Lab, tmp_path: Path, ending: str
) -> None:
    whole = archive_of(full, tmp_path / f"whole.{ending}").read_bytes()
    cut = tmp_path / f"cut.{ending}"
    # Its last kilobytes may be nothing but zeros.
    for length in (0, 1, 300, len(whole) // 3, len(whole) // 2, len(whole) - 11_000):
        cut.write_bytes(whole[: max(0, length)])
        with pytest.raises(DataError, match=r"cut\."):
            import_archive(other, cut)
    assert other.database.head() == 1


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_damage_to_packed_data_is_told(
    full: Lab, other: Lab, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    packed = bytearray(pack(archive_of(full, tmp_path / "whole.tar").read_bytes()))
    packed[len(packed) // 2] ^= 0xFF
    (tmp_path / "damaged").write_bytes(packed)

    with pytest.raises(DataError, match="damaged"):
        import_archive(other, tmp_path / "damaged")
    assert other.database.head() == 1


def test_what_is_no_archive_is_said_to_be_none(other: Lab, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("step,loss\n" * 100)
    _refused(other, tmp_path / "a.csv", r"a\.csv is no tar file")
    foreign = write_tar(tmp_path / "b.tar", {"a": b""})
    _refused(other, foreign, r"manifest\.json does not come first")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ftlab": None}, "is no manifest of ftlab's: ftlab: Input should be a valid string"),
        ({"format": "else"}, "format: Input should be 'ftlab archive'"),
        ({"format_number": 2, "files": 7}, "was written by a newer ftlab"),
        ({"files": {}}, r"names no events\.jsonl"),
        (
            {"files": {"a": {"bytes": -1}}},
            r"files\.a\.bytes: Input should be greater than or equal",
        ),
        ({"files": {"a": {"bytes": 1, "sha256": "x"}}}, r"files\.a\.sha256: String should match"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(
    spoiled: Spoil, other: Lab, change: dict[str, object], told: str
) -> None:
    def change_manifest(files: Files) -> None:
        files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | change).encode()

    _refused(other, spoiled(change_manifest), told)


def test_a_manifest_that_is_no_json_or_far_too_long_is_refused(spoiled: Spoil, other: Lab) -> None:
    _refused(other, spoiled(lambda files: files.update({"manifest.json": b"{"})), "is no JSON")
    huge = b"[" + b" " * (64 * 1024 * 1024)
    _refused(other, spoiled(lambda files: files.update({"manifest.json": huge})), "too many")


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../up", "a/../../up", "a//b", "a\\b", "./a", "a\nb", "weights/m/../../up", ""],
)
def test_a_name_that_leads_anywhere_else_is_refused(spoiled: Spoil, other: Lab, name: str) -> None:
    def change(files: Files) -> None:
        files[name] = b"harm"
        with_true_manifest(files)

    _refused(other, spoiled(change), "which is no plain path in an archive")


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE),
        *(tarfile.DIRTYPE, tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME),
    ],
)
def test_links_devices_and_extended_headers_are_refused(
    full: Lab, other: Lab, tmp_path: Path, kind: bytes
) -> None:
    whole = archive_of(full, tmp_path / "whole.tar").read_bytes()
    info = tarfile.TarInfo("README.txt")
    info.type = kind
    info.linkname = "../../escape"
    manifest_ends = 512 + -(-int(whole[124:135], 8) // 512) * 512
    header = info.tobuf(tarfile.USTAR_FORMAT)
    (tmp_path / "evil.tar").write_bytes(whole[:manifest_ends] + header + whole[manifest_ends:])

    _refused(other, tmp_path / "evil.tar", r"README\.txt is no plain file")


def test_a_bomb_is_stopped_where_it_is_larger_than_the_manifest_says(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    files = files_in(archive_of(full, tmp_path / "whole.tar"))
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    info = tarfile.TarInfo("manifest.json")
    info.size = len(files["manifest.json"])
    start = info.tobuf() + files["manifest.json"] + bytes(-info.size % 512)
    bomb = tarfile.TarInfo("README.txt")
    bomb.size = 1024**4
    packed = compressor.compress(start + bomb.tobuf(tarfile.GNU_FORMAT))
    zeros = bytes(1024 * 1024)
    packed += b"".join(compressor.compress(zeros) for _ in range(64)) + compressor.flush()
    (tmp_path / "bomb").write_bytes(packed)

    _refused(other, tmp_path / "bomb", r"README\.txt has 1099511627776 bytes, not \d+")


def test_zeros_without_end_after_the_end_are_refused(full: Lab, other: Lab, tmp_path: Path) -> None:
    whole = archive_of(full, tmp_path / "whole.tar").read_bytes()
    (tmp_path / "zeros").write_bytes(zstandard.compress(whole + bytes(4 * 1024 * 1024)))
    _refused(other, tmp_path / "zeros", "goes on after its end")
    (tmp_path / "more").write_bytes(whole + b"more")
    _refused(other, tmp_path / "more", "goes on after its end")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b"sums.jsonl", b"SUMS.jsonl", "its hash does not fit"),
        (b'Z","occurred"', b'","occurred"', "its hash does not fit"),
        (b'"rows":3', b'"rows":"x"', "rows: Input should be a valid integer"),
        (b'"seq":2', b'"seq":1', "event 1 is not in its place"),
        (b'"seq":2', b'"seq":"2"', "seq: Input should be a valid integer"),
        (b'"stream"', b'"strand"', "stream: Field required"),
        (b"}}\n", b"\n", "is cut off, or longer than any event"),
        (b'"data":', b'"fact":', "holds no event"),
        (b'"data":{', b'"data":{{', "holds no event: Expecting property name"),
        (b'"hash":"', b'"hash":"xy', "holds no event: non-hexadecimal number"),
        (b'"occurred":"20', b'"occurred":"99 20', "holds no event: Invalid isoformat"),
        (b'Z","actor"', b'+01:00","actor"', "is no time as the log writes it"),
    ],
)
def test_an_event_that_was_changed_is_named_by_its_line_even_under_a_true_manifest(
    spoiled: Spoil, other: Lab, before: bytes, after: bytes, told: str
) -> None:
    def change(files: Files) -> None:
        lines = files["events.jsonl"].splitlines(keepends=True)
        assert before in lines[1]
        lines[1] = lines[1].replace(before, after)
        files["events.jsonl"] = b"".join(lines)
        with_true_manifest(files)

    _refused(other, spoiled(change), rf"spoiled\.tar: events\.jsonl, line 2\b.*{told}")


def test_an_event_that_was_taken_out_is_missed(spoiled: Spoil, other: Lab) -> None:
    def change(files: Files) -> None:
        lines = files["events.jsonl"].splitlines(keepends=True)
        files["events.jsonl"] = b"".join(lines[:2] + lines[3:])
        with_true_manifest(files)

    _refused(other, spoiled(change), "line 3: dataset/sums goes on with version 3 after 1")


def test_events_that_fit_their_types_but_not_each_other_are_refused_and_leave_a_whole_lab(
    lab: Lab, other: Lab, tmp_path: Path
) -> None:
    lab.log.append("job/job_1", planned("one"))
    files = files_in(archive_of(lab, tmp_path / "sound.tar"))
    line = files["events.jsonl"].splitlines(keepends=True)[1]
    twice = line.replace(b'"seq":2', b'"seq":4').replace(b'"version":1', b'"version":2')
    files["events.jsonl"] += twice
    with_true_manifest(files)

    with pytest.raises(ArchiveError, match=r"events\.jsonl, lines 1 to 3 cannot be taken in"):
        import_archive(other, write_tar(tmp_path / "odd.tar", files))

    assert other.database.head() == 1
    assert verify(other.database).whole


def test_a_key_that_no_lab_would_write_is_refused_by_its_lines(spoiled: Spoil, other: Lab) -> None:
    def change(files: Files) -> None:
        files["events.jsonl"] = files["events.jsonl"].replace(b"progress:500", b"progress:abc")
        # Without their neighbours in the log, the chain of hashes tells nothing of events.
        lines = files["events.jsonl"].splitlines(keepends=True)
        for number, line in enumerate(lines):
            head, _, rest = line.partition(b",")
            lines[number] = b'{"seq":%d,' % (2 * int(head[7:])) + rest
        files["events.jsonl"] = b"".join(lines)
        with_true_manifest(files)

    with pytest.raises(ArchiveError, match="cannot be taken in: invalid literal"):
        import_archive(other, spoiled(change))


def test_an_archive_larger_than_the_disk_is_refused_before_anything_is_written(other: Lab) -> None:
    with pytest.raises(LabError, match=r"brings 1000000000\.0 GB, and the disk"):
        contents._require_room(other.places.home, 10**18)


def test_weights_of_a_model_that_the_archive_does_not_tell_of_are_left(
    full: Lab, other: Lab, tmp_path: Path
) -> None:
    files = files_in(archive_of(full, tmp_path / "whole.tar", Wish(weights=True)))
    files["weights/mdl_forged/evil.bin"] = b"evil"
    with_true_manifest(files)

    import_archive(other, write_tar(tmp_path / "forged.tar", files))

    assert sorted(path.name for path in other.places.models.iterdir()) == ["mdl_1"]
