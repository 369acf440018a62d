from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.blobs import BlobStore
from store.errors import BlobCorruptError, NotFoundError, StoreError

if TYPE_CHECKING:
    import subprocess


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def _files(blobs: BlobStore) -> list[Path]:
    return [path for path in blobs.root.rglob("*") if path.is_file()]


def test_a_blob_is_named_by_the_hash_of_its_bytes(blobs: BlobStore) -> None:
    content = blobs.put(b"hello")

    assert content == hashlib.sha256(b"hello").hexdigest()
    assert blobs.read(content) == b"hello"
    assert blobs.path(content) == blobs.root / content[:2] / content
    assert content in blobs


def test_a_blob_is_written_piece_by_piece(blobs: BlobStore) -> None:
    with blobs.write() as blob:
        blob.write(b"hel")
        blob.write(b"lo")

    assert (blob.content, blob.size) == (blobs.put(b"hello"), 5)


@given(pieces=st.lists(st.binary(max_size=20), max_size=5))
def test_how_it_was_cut_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    blobs = BlobStore(tmp_path_factory.getbasetemp() / "cut")
    with blobs.write() as blob:
        for piece in pieces:
            blob.write(piece)

    assert blob.content == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert blobs.read(blob.content) == b"".join(pieces)


def test_the_same_content_is_kept_once(blobs: BlobStore) -> None:
    assert blobs.put(b"hello") == blobs.put(b"hello")

    assert len(_files(blobs)) == 1


def test_an_empty_blob_is_one_too(blobs: BlobStore) -> None:
    assert blobs.read(blobs.put(b"")) == b""


def test_a_blob_is_for_its_owner_to_read_and_for_nobody_to_write(blobs: BlobStore) -> None:
    path = blobs.path(blobs.put(b"hello"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(blobs.root.stat().st_mode) == 0o700


def test_a_write_that_fails_leaves_nothing(blobs: BlobStore) -> None:
    def give_up_half_way() -> None:
        with blobs.write() as blob:
            blob.write(b"half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up_half_way()

    assert _files(blobs) == []


def test_a_disk_that_fails_at_the_end_leaves_nothing(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(StoreError, match="blobs cannot be written to: No space left"):
        blobs.put(b"hello")

    assert _files(blobs) == []


def test_what_a_killed_writer_left_behind_goes_with_the_next_write(blobs: BlobStore) -> None:
    blobs.put(b"first")
    (blobs.root / ".partial-killed").write_bytes(b"half of it")

    kept = [blobs.put(b"first"), blobs.put(b"second")]

    assert {path.name for path in _files(blobs)} == set(kept)


def test_somebody_who_is_still_writing_is_left_alone(blobs: BlobStore) -> None:
    with blobs.write() as slow:
        slow.write(b"slow")
        blobs.put(b"quick")

    assert slow.content is not None
    assert blobs.read(slow.content) == b"slow"


def test_a_blob_does_not_exist_before_it_is_whole(blobs: BlobStore) -> None:
    content = hashlib.sha256(b"hello").hexdigest()
    with blobs.write() as blob:
        blob.write(b"hello")
        assert content not in blobs

    assert content in blobs


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_changed_byte_is_found_on_reading(blobs: BlobStore, place: int) -> None:
    content = blobs.put(b"hello")
    path = blobs.path(content)
    path.chmod(0o600)
    changed = bytearray(b"hello")
    changed[place] ^= 1
    path.write_bytes(changed)

    with pytest.raises(BlobCorruptError, match=f"{content} has changed since it was stored"):
        blobs.read(content)
    with pytest.raises(BlobCorruptError):
        blobs.verified(content)


def test_a_blob_cut_short_is_found_on_reading_and_storing_it_again_heals_it(
    blobs: BlobStore,
) -> None:
    content = blobs.put(b"hello")
    blobs.path(content).chmod(0o600)
    blobs.path(content).write_bytes(b"hel")

    with pytest.raises(BlobCorruptError):
        blobs.read(content)

    assert blobs.put(b"hello") == content
    assert blobs.read(content) == b"hello"


def test_a_missing_blob_is_named(blobs: BlobStore) -> None:
    content = "ab" * 32

    assert content not in blobs
    with pytest.raises(NotFoundError, match="the file with content abababababab… is missing"):
        blobs.read(content)


def test_threads_writing_the_same_content_keep_one_whole_blob(blobs: BlobStore) -> None:
    data = os.urandom(300_000)
    start = threading.Barrier(8)

    def put() -> None:
        start.wait()
        for _ in range(5):
            blobs.put(data)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert blobs.read(hashlib.sha256(data).hexdigest()) == data
    assert len(_files(blobs)) == 1


def test_processes_writing_the_same_contents_keep_each_once(
    blobs: BlobStore, child: Callable[..., subprocess.Popen[str]]
) -> None:
    writers = [child("put_blobs", blobs.root, 50) for _ in range(4)]
    for writer in writers:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n")

    assert {writer.returncode for writer in writers} == {0}
    assert len(_files(blobs)) == 50
    assert all(blobs.read(path.name) for path in _files(blobs))
