"""Which kind of file system a path is on: SQLite's write-ahead log is unsafe on shared ones.

WAL keeps its index in memory that all processes map, which network file systems do not share
(sqlite.org/wal.html, "All processes using a database must be on the same host computer").
"""

from __future__ import annotations

import re
from pathlib import Path

_NETWORK = frozenset({
    "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs",
    "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb", "smb2", "smb3", "smbfs", "webdav", "wekafs",
})  # fmt: skip
_NETWORK_FUSE = ("ceph", "gluster", "s3fs", "gcsfuse", "sshfs", "rclone", "davfs", "moosefs")
_MOUNTS = Path("/proc/self/mounts")


def network_file_system(path: Path) -> str | None:
    """Return the name of the network file system that holds the path, or None for a local one."""
    kind = _mount_kind(path.resolve())
    if kind in _NETWORK:
        return kind
    if kind.startswith("fuse.") and any(name in kind for name in _NETWORK_FUSE):
        return kind
    return None


def _mount_kind(path: Path) -> str:
    best, kind = -1, ""
    for mount_point, mount_kind in _mounts():
        if path.is_relative_to(mount_point) and len(mount_point) >= best:
            best, kind = len(mount_point), mount_kind
    return kind


def _mounts() -> list[tuple[str, str]]:
    if not _MOUNTS.exists():
        import psutil

        return [(part.mountpoint, part.fstype) for part in psutil.disk_partitions(all=True)]
    lines = (line.split(" ") for line in _MOUNTS.read_text(errors="replace").split("\n") if line)
    return [(_unescaped(fields[1]), fields[2]) for fields in lines]


def _unescaped(mount_point: str) -> str:
    """Undo what proc(5) does to space, tab, newline and backslash: three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), mount_point)
