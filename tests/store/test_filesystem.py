from __future__ import annotations

from pathlib import Path

import pytest

from store import filesystem
from store.filesystem import network_file_system


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table of mounts in place of the kernel's."""
    table = tmp_path / "mounts"
    monkeypatch.setattr(filesystem, "_MOUNTS", table)
    return table


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "ceph", "fuse.sshfs", "fuse.s3fs"])
def test_a_network_file_system_is_named(mounts: Path, kind: str) -> None:
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/home /shared {kind} rw 0 0\n")

    assert network_file_system(Path("/shared/lab/ftlab.db")) == kind


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "apfs", "tmpfs", "fuse.portal"])
def test_a_local_file_system_is_none(mounts: Path, kind: str) -> None:
    mounts.write_text(f"server:/ / nfs rw 0 0\n/dev/vdb /home {kind} rw 0 0\n")

    assert network_file_system(Path("/home/ann/ftlab.db")) is None


def test_the_innermost_mount_counts_and_of_two_at_one_place_the_later(mounts: Path) -> None:
    mounts.write_text(
        "/dev/vda / ext4 rw 0 0\nautofs /net autofs rw 0 0\nserver:/ /net nfs4 rw 0 0\n"
        "/dev/vdb /net/scratch xfs rw 0 0\n"
    )

    assert network_file_system(Path("/net/ftlab.db")) == "nfs4"
    assert network_file_system(Path("/net/scratch/ftlab.db")) is None
    assert network_file_system(Path("/network/ftlab.db")) is None


def test_a_mount_point_with_a_space_is_understood(mounts: Path) -> None:
    mounts.write_text("/dev/vda / ext4 rw 0 0\nserver:/a /my\\040lab nfs rw 0 0\n")

    assert network_file_system(Path("/my lab/ftlab.db")) == "nfs"


def test_a_link_is_followed_to_where_the_file_lies(mounts: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    link = tmp_path / "link"
    link.symlink_to(shared)
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/ {shared} nfs rw 0 0\n")

    assert network_file_system(link / "ftlab.db") == "nfs"


def test_without_a_table_of_mounts_the_system_is_asked(mounts: Path, tmp_path: Path) -> None:
    assert not mounts.exists()

    assert isinstance(filesystem._mount_kind(tmp_path), str)
