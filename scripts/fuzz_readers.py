"""Feed the readers with broken files and tell what came out.

    python -m scripts.fuzz_readers --count 20000

Half of the inputs are real files of every format, packed or not, with bytes changed, left out,
doubled and cut off; the others are random bytes and pieces of the formats' own marks. Whatever
comes in, rows, bad rows or a DataError must come out: anything else is an escape, and is shown with
the file that caused it. Processes of their own read the files, so that a crash of an interpreter is
an escape too.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow
from engine.data.reading.sniffing import FORMATS

SECONDS_FOR_ONE = 20
MEMORY_BYTES = 6 * 1024**3
INPUTS_A_PROCESS = 1000
MARKS = (
    *(b"{", b"}", b"[", b"]", b'"', b"'", b",", b";", b":", b"\t", b"|", b"\n", b"\r\n", b"\\"),
    *(b"\\ud800", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"1e999", b"NaN", b"null"),
    *(b"# ", b"**", b"Q: ", b"A: ", b"```", b"---\n", b"> ", b"1. ", b"sep=;\n", b'""', b'\\"'),
    *(b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xff\xff\xff\xff"),
    *(b'{"role": "user", "content": "q"}', b'"[{""a"": 1}]"', b"caf\xe9", "ж語é".encode()),
)


def main() -> None:
    """Feed the readers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000, help="inputs in total")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-escapes"), help="escapes go here")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    wishes = parser.parse_args()
    if wishes.one:
        print(json.dumps(fed(wishes.count, wishes.seed, wishes.keep)))
        return
    counts: Counter[str] = Counter()
    started = time.monotonic()
    for first in range(0, wishes.count, INPUTS_A_PROCESS):
        count = min(INPUTS_A_PROCESS, wishes.count - first)
        counts.update(in_a_process(count, wishes.seed + first, wishes.keep))
    told(counts, time.monotonic() - started)
    sys.exit(1 if counts["escapes"] else 0)


def in_a_process(count: int, seed: int, keep: Path) -> dict[str, int]:
    """Feed so many inputs in a process of its own; its death is an escape."""
    command = [sys.executable, "-X", "faulthandler", "-m", "scripts.fuzz_readers", "--one"]
    command += ["--count", str(count), "--seed", str(seed), "--keep", str(keep)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"A process died: status {done.returncode}, seed {seed}", file=sys.stderr)
        return {"escapes": 1}
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


def fed(count: int, seed: int, keep: Path) -> dict[str, int]:
    """Feed so many inputs, and count what came out."""
    _limit_memory()
    signal.signal(signal.SIGALRM, _too_slow)
    dice = random.Random(seed)  # noqa: S311 - the same inputs for the same seed
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        seeds = real_files(Path(folder) / "seeds")
        for number in range(count):
            path = written(Path(folder), dice, seeds)
            options = some_options(dice)
            counts["inputs"] += 1
            try:
                signal.alarm(SECONDS_FOR_ONE)
                read(path, options, counts)
            except BaseException:  # noqa: BLE001 - this is what is looked for
                counts["escapes"] += 1
                _keep(path, keep, f"{seed}-{number}", options)
            finally:
                signal.alarm(0)
            removed(path)
    return dict(counts)


def read(path: Path, options: ReadingOptions, counts: Counter[str]) -> None:
    """Read a file to its end, one way or the other, and count what came out."""
    file_format = "refused at once"
    try:
        with read_rows(path, options) as rows:
            file_format = rows.file_format
            for batch in rows.batches():
                for row in batch.rows():
                    counts["bad rows" if isinstance(row.value, BadRow) else "rows"] += 1
        counts[f"{file_format}: read"] += 1
    except DataError as error:
        if not str(error).isprintable() and "\n" in str(error):
            raise AssertionError(str(error)) from error
        counts[f"{file_format}: refused"] += 1


def written(folder: Path, dice: random.Random, seeds: list[Path]) -> Path:
    """Write an input and return it: a real file or folder changed, or random bytes, or packed."""
    real = dice.choice(seeds)
    # Mostly a name that fits.
    name = (real if dice.random() < 0.8 else dice.choice(seeds)).name
    if real.is_dir():
        path = folder / name
        shutil.copytree(real, path)
        inner = dice.choice([file for file in path.rglob("*") if file.is_file()])
        inner.write_bytes(changed(inner.read_bytes(), dice))
        return path
    data = content(real, dice)
    if dice.random() < 0.2:
        suffix = dice.choice(list(PACKINGS))
        name, data = name + suffix, PACKINGS[suffix](name, data)
        if dice.random() < 0.2:
            data = changed(data, dice)
    path = folder / name
    path.write_bytes(data)
    return path


def content(real: Path, dice: random.Random) -> bytes:
    """Return what is in an input before it is packed."""
    way = dice.random()
    if way < 0.15:
        return dice.randbytes(dice.randrange(400))
    if way < 0.3:
        return b"".join(dice.choice(MARKS) for _ in range(dice.randrange(60)))
    data = real.read_bytes()
    # Behind the archive's check sums nothing else would ever be broken.
    if real.suffix == ".xlsx" and dice.random() < 0.8:
        return _changed_inside(data, dice)
    return changed(data, dice)


def _changed_inside(data: bytes, dice: random.Random) -> bytes:
    """Return a zip archive with one of its files changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        broken = dice.choice([name for name in names if dice.random() < 0.5] or names)
        for name in names:
            inner = old.read(name)
            new.writestr(name, changed(inner, dice) if name == broken else inner)
    return out.getvalue()


def _gzip(_: str, data: bytes) -> bytes:
    return gzip.compress(data, 1)


def _zstd(_: str, data: bytes) -> bytes:
    import zstandard

    return zstandard.compress(data)


def _zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


PACKINGS: dict[str, Callable[[str, bytes], bytes]] = {".gz": _gzip, ".zst": _zstd, ".zip": _zip}


def changed(data: bytes, dice: random.Random) -> bytes:
    """Return bytes with a few damages."""
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        data = dice.choice(DAMAGES)(data, dice)
    return data


def _flipped(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.randbytes(1) + data[at + 1 :]


def _without(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + data[at + dice.choice((1, 4, 100)) :]


def _with(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(MARKS) + data[at:]


def _doubled(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[: at + dice.randrange(200)] + data[at:]


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flipped, _flipped, _flipped, _without, _with, _with, _doubled, _cut),
)


def some_options(dice: random.Random) -> ReadingOptions:
    """Return options as people might give them, nonsense among them; mostly none."""

    def perhaps(*values: str) -> str | None:
        return dice.choice(values) if dice.random() < 0.1 else None

    return ReadingOptions(
        file_format=dice.choice(FORMATS) if dice.random() < 0.2 else None,
        encoding=perhaps("utf-8", "utf-16", "cp1252", "shift_jis", "utf-7", "idna", "hex", "x"),
        delimiter=perhaps(",", "tab", ";", "", "ab", "\0", "é"),
        sheet=perhaps("Data", "x"),
        member=perhaps("a.csv", "train", "rows", "x"),
        chunk=perhaps("line", "tokens:5", "tokens:0", "x"),
        count_tokens=dice.choice((None, len)),
    )


def real_files(folder: Path) -> list[Path]:
    """Write a file of each kind and return them."""
    folder.mkdir()
    rows: list[dict[str, object]] = [
        {"id": number, "q": f"What is {number}?", "a": f"It is “{number}”, é and 語.", "x": None}
        for number in range(30)
    ]
    lines = [json.dumps(row) for row in rows]
    chat = json.dumps([{"role": "user", "content": 'Say "hi"'}])
    table = "id,q,messages\n" + "".join(
        '{id},"{q}","{chat}"\n'.format(**row, chat=chat.replace('"', '""')) for row in rows
    )
    texts = {
        "a.jsonl": "\n".join(lines),
        "a.json": json.dumps(rows, indent=1),
        "b.json": json.dumps({"n": 1, "rows": rows, "z": [1]}),
        "a.csv": table,
        "a.tsv": "q\ta\n" + "".join(f"{row['q']}\t{row['a']}\n" for row in rows),
        "a.txt": "\n\n".join(str(row["a"]) for row in rows),
        "a.md": "# T\n"
        + "".join(f"## {row['q']}\n\n{row['a']}\n\n```\n# x\n```\n" for row in rows),
        "b.md": "".join(f"**Q: {row['q']}**\nA: {row['a']}\n\n" for row in rows),
        "c.md": "".join(f"1. **{row['q']}**\n   {row['a']}\n" for row in rows),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "b.csv").write_bytes(table.encode("utf-16"))
    (folder / "c.csv").write_bytes(table.replace("語", "ß").encode("cp1252"))
    _tables(folder, rows)
    return sorted(folder.iterdir())


def _tables(folder: Path, rows: list[dict[str, object]]) -> None:
    """Write the binary formats."""
    import openpyxl
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.Table.from_pylist([row | {"l": [row], "b": b"\xff\xfe"} for row in rows])
    for name, packing in (("a.parquet", "NONE"), ("b.parquet", "zstd")):
        parquet.write_table(table, folder / name, compression=packing)
    saved = folder / "saved"
    saved.mkdir()
    with pa.ipc.new_stream(saved / "data-00000-of-00001.arrow", table.schema) as writer:
        writer.write_table(table, max_chunksize=10)
    state = {"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_split": None}
    (saved / "state.json").write_text(json.dumps(state))
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Data", 0)
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(folder / "a.xlsx")


def removed(path: Path) -> None:
    """Remove a file or folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def told(counts: Counter[str], seconds: float) -> None:
    """Print what came out."""
    for name, count in sorted(counts.items()):
        print(f"{count:>10,}  {name}")
    print(f"{seconds:>10,.0f}  seconds")


def _keep(path: Path, keep: Path, name: str, options: ReadingOptions) -> None:
    traceback.print_exc()
    print(name, options, file=sys.stderr)
    keep.mkdir(parents=True, exist_ok=True)
    target = keep / f"{name}{path.suffix}"
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True)
    elif path.exists():
        shutil.copy(path, target)


def _limit_memory() -> None:
    """Let a reader that wants all memory there is fail instead of the machine."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS_FOR_ONE} seconds")


if __name__ == "__main__":
    main()
