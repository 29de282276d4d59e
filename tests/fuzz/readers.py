"""Every reader of files that nobody vouches for: how it is called, whole files, and their damage.

A new reader is one row of READERS. `seeds` are made here, so that none is stored.
"""

import gzip
import json
import tomllib
import zipfile
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from pellucid.cli.runs import read_record
from pellucid.cli.settings import CONFIG, settings
from pellucid.data.csv_file import read_csv
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.idx import read_idx
from pellucid.data.images import read_picture
from pellucid.data.npy import read_npy
from pellucid.data.npz import read_npz
from pellucid.data.reading import Reading
from pellucid.data.stored import stored, stored_rows
from pellucid.data.table_file import read_table
from pellucid.errors import PellucidError
from pellucid.files import decode, encode
from pellucid.model.archive import load_model, sealed
from pellucid.rows import StoredRows
from pellucid.training.checkpoints import load_checkpoint
from tests.fuzz import seeds
from tests.fuzz.mutations import VALUES, damaged, other_json

CSV_WORDS = (
    *(
        b",",
        b";",
        b"\t",
        b"|",
        b'"',
        b'""',
        b"'",
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b" ",
        b"#",
        b"sep=;\n",
    ),
    *(
        b"1e309",
        b"-inf",
        b"nan",
        b"?",
        b"NA",
        b"1,5",
        b"1.000,5",
        b"0x10",
        b"1_0",
        b"-",
        b".",
        b"+1",
    ),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x80", b"\xc3", b"\xe2\x80\xa8", b"\x1a"),
    *(b"9" * 400, b"0" * 400 + b".1e-400", b"1e99999999999", b"," * 300, b"\n" * 300, b"x" * 5000),
)


def as_it_is(content: bytes) -> bytes:
    """Return the bytes."""
    return content


class Reader(NamedTuple):
    """A reader, and how to try it."""

    file: str  # the name of the file it is given
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]
    pack: Callable[[bytes], bytes] = as_it_is  # what is damaged, as it stands in the file
    damage: Callable[[bytes, Random], bytes] = damaged


def attempt(reader: Reader, content: bytes, folder: Path) -> str:
    """Give a file to a reader; return "read", or the name of the error that it may raise.

    Raises
    ------
    Exception
        Whatever else comes out of it: that is what is looked for.
    """
    path = folder / reader.file
    path.unlink(missing_ok=True)  # file systems wait for the disk where a file is written over
    path.write_bytes(reader.pack(content))
    try:
        reader.read(path)
    except PellucidError as problem:
        return type(problem).__name__ if str(problem).strip() else "an error that says nothing"
    return "read"


def _two_arrays_zipped(content: bytes) -> bytes:
    end = 2 + int.from_bytes(content[:2], "big")
    return seeds.zipped({"X.npy": content[2:end], "Y.npy": content[end:]}, zipfile.ZIP_STORED)


def _read_pictures(path: Path) -> None:
    formats = ImageFormat(28, 28), ImageFormat(8, 8, 16, "box"), ImageFormat(8, 9, 255, "whole", 3)
    for format in formats:
        read_picture(path, format)


def _with_sums(content: bytes) -> bytes:
    """Return a PNG whose chunks have the sums that their decoder looks for."""
    parts, place = [content[:8]], 8
    while place + 12 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        body = content[place + 4 : place + 8 + size]
        parts += [content[place : place + 4], body, zlib.crc32(body).to_bytes(4, "big")]
        place += 12 + size
    return b"".join([*parts, content[place:]])


def _resealed(content: bytes, random: Random) -> bytes:
    """Return a model file that says something else, with the digest of what it says."""
    try:
        tensors, metadata = decode(content, Path("seed"))
        metadata.pop("digest", None)
        tensors, metadata = _other_content(dict(tensors), metadata, random)
        return encode(tensors, sealed(tensors, metadata))
    except (PellucidError, ValueError, TypeError, AttributeError, UnicodeError):
        return damaged(content, random)


def _other_content(
    tensors: dict[str, Any], metadata: dict[str, Any], random: Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    name = random.choice(sorted(tensors) or [""])
    change = random.random()
    if change < 0.7 or not name:
        return tensors, other_json(metadata, random)
    if change < 0.75:
        del tensors[name]
    elif change < 0.8:
        tensors[random.choice(["", "a", "mask.0.1", "mask.a.b", "scale", "mask.0.99"])] = (
            tensors.pop(name)
        )
    elif change < 0.85:
        tensors[name] = tensors[name].astype(random.choice([np.float32, np.float64, np.uint8]))
    elif change < 0.9:
        tensors[name] = tensors[name].reshape(-1)[: random.randrange(4)]
    else:
        values = tensors[name].copy().reshape(-1)
        if values.size:
            values[random.randrange(values.size)] = random.choice([0, 1, 200])
        tensors[name] = values.reshape(tensors[name].shape)
    return tensors, metadata


def _other_record(content: bytes, random: Random) -> bytes:
    try:
        return json.dumps(other_json(json.loads(content), random)).encode()
    except ValueError:
        return damaged(content, random)


def _other_toml(content: bytes, random: Random) -> bytes:
    """Return a configuration that says something else, as valid TOML mostly."""
    try:
        tables = json.loads(json.dumps(tomllib.loads(content.decode())))
    except (ValueError, TypeError):
        return damaged(content, random)
    if random.random() < 0.3:
        table, words = random.choice(sorted(CONFIG.items()))
        entries = tables.setdefault(table, {})
        if isinstance(entries, dict):
            entries[random.choice(sorted(words))] = random.choice(VALUES)
    changed = other_json(tables, random) if random.random() < 0.8 else tables
    if not isinstance(changed, dict):
        return damaged(content, random)
    return "\n".join(f"{_toml(key)} = {_toml(value)}" for key, value in changed.items()).encode(
        "utf-8", "surrogatepass"
    )


def _other_csv(content: bytes, random: Random) -> bytes:
    """Return a table with one to three words of the format put in, or damaged as any bytes are."""
    if random.random() < 0.4:
        return damaged(content, random)
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(content) + 1)
        word = random.choice(CSV_WORDS)
        content = content[:place] + word + content[place + random.choice((0, 0, 1, len(word))) :]
    return content


def _toml(value: Any) -> str:
    """Return a value as TOML has it, tables in one line; nothing becomes not-a-number."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{_toml(str(key))} = {_toml(inner)}" for key, inner in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return "nan" if value is None else json.dumps(value)


def _read_config(path: Path) -> None:
    part = Part(np.arange(12.0).reshape(4, 3), np.array([0, 1, 0, 1], np.int32))
    settings(Dataset("tiny", part, None, ("a", "b"), None, "Made here."), {"config": path})


def _read_csv(path: Path) -> None:
    read_csv(path, keep=False)


def _read_rows(path: Path) -> None:
    _look_at_all(stored_rows(path))


def _read_shards(path: Path) -> None:
    """Read the folder that a shard is in, as one of X and one of Y where it holds both."""
    if not path.suffix:
        content = path.read_bytes()
        path.unlink()
        end = 2 + int.from_bytes(content[:2], "big")
        for name, array in (("X", content[2:end]), ("Y", content[end:])):
            path.with_name(f"{name}.npy").unlink(missing_ok=True)
            path.with_name(f"{name}.npy").write_bytes(array)
    _look_at_all(stored(path.parent).X)


def _look_at_all(X: StoredRows) -> None:
    for rows in X.blocks():
        X[rows]


def _read_table(path: Path) -> None:
    read_table(path, Reading())


READERS = {
    "idx": Reader("a-images-idx3-ubyte", read_idx, seeds.idx_files),
    "idx.gz": Reader("a-images-idx3-ubyte.gz", read_idx, seeds.idx_files, gzip.compress),
    "gzip": Reader("a.gz", read_idx, lambda: [gzip.compress(file) for file in seeds.idx_files()]),
    "npz": Reader("a.npz", read_npz, seeds.npz_files),
    "npz members": Reader("a.npz", read_npz, seeds.two_arrays, _two_arrays_zipped),
    "npy": Reader("a.npy", read_npy, seeds.npy_files),
    "npy rows": Reader("a.npy", _read_rows, seeds.npy_matrices),
    "npy shards": Reader("both", _read_shards, seeds.two_matrices),
    "npz shards": Reader("a.npz", _read_shards, lambda: seeds.npz_files()[::2]),
    "pictures": Reader("picture", _read_pictures, seeds.pictures),
    "png": Reader("a.png", _read_pictures, seeds.pngs, _with_sums),
    "csv": Reader("a.csv", _read_csv, seeds.csv_files, damage=_other_csv),
    "csv.gz": Reader("a.csv.gz", _read_csv, seeds.csv_files, gzip.compress, _other_csv),
    "model": Reader("model.safetensors", load_model, lambda: seeds.trained()[0]),
    "model content": Reader(
        "model.safetensors", load_model, lambda: seeds.trained()[0], damage=_resealed
    ),
    "checkpoint": Reader("checkpoint.safetensors", load_checkpoint, lambda: seeds.trained()[1]),
    "checkpoint content": Reader(
        "checkpoint.safetensors", load_checkpoint, lambda: seeds.trained()[1], damage=_resealed
    ),
    "record": Reader(
        "run.json",
        lambda path: read_record(path.parent),
        lambda: seeds.trained()[2],
        damage=_other_record,
    ),
    "config": Reader(
        "config.toml",
        _read_config,
        lambda: [text.encode() for text in seeds.CONFIGS.split("---")],
        damage=_other_toml,
    ),
}
if find_spec("pyarrow") is not None:
    READERS |= {
        "parquet": Reader("a.parquet", _read_table, seeds.parquet_files),
        "parquet shards": Reader("a.parquet", _read_shards, seeds.parquet_rows),
        "feather": Reader("a.feather", _read_table, seeds.feather_files),
    }
