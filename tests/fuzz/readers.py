"""Every reader of files that nobody vouches for: how it is called, whole files, and their damage.

A new reader is one row of READERS. `seeds` are made here, so that none is stored.
"""

import gzip
import io
import json
import tomllib
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

import pellucid as pel
from pellucid.cli.runs import read_record, write_record
from pellucid.cli.settings import CONFIG, settings
from pellucid.data.dataset import Dataset, ImageFormat, Part
from pellucid.data.idx import read_idx
from pellucid.data.images import read_picture
from pellucid.data.npz import read_npz
from pellucid.errors import PellucidError
from pellucid.files import decode, encode
from pellucid.model.archive import load_model, sealed
from pellucid.training.checkpoints import load_checkpoint
from tests.fuzz.mutations import VALUES, damaged, other_json


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


def idx(array: np.ndarray, code: int) -> bytes:
    """Return an array as an IDX file."""
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, code, array.ndim]) + sizes + array.tobytes()


def _idx_files() -> list[bytes]:
    pixels = np.arange(24, dtype=np.uint8)
    return [
        idx(pixels.reshape(2, 3, 4), 0x08),
        idx(pixels, 0x08),
        idx(pixels.astype(">f8").reshape(24, 1), 0x0E),
        idx(pixels.astype(">i2").reshape(1, 2, 3, 4), 0x0B),
    ]


def npy(array: np.ndarray) -> bytes:
    """Return an array as an .npy file."""
    content = io.BytesIO()
    np.lib.format.write_array(content, array)
    return content.getvalue()


def zipped(members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", kind) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def _npz_files() -> list[bytes]:
    X, Y = npy(np.arange(20.0).reshape(10, 2)), npy(np.arange(10) % 2)
    texts, pictures = npy(np.array(["a", "bb"] * 5)), npy(np.zeros((10, 2, 2), np.uint8))
    return [
        zipped({"X.npy": X, "Y.npy": Y}),
        zipped({"X.npy": pictures, "y.npy": texts}, zipfile.ZIP_STORED),
        zipped({"X.npy": X, "Y.npy": Y, "X_test.npy": X, "Y_test.npy": Y}, zipfile.ZIP_STORED),
    ]


def _two_arrays() -> list[bytes]:
    """X and Y behind one another, the length of X before them."""
    pairs = [
        (np.arange(20.0).reshape(10, 2), np.arange(10) % 2),
        (np.zeros((4, 2, 2), np.uint8), np.array(["a", "b", "a", "b"])),
        (np.ones((6, 2), np.float32), np.eye(2)[[0, 1, 0, 1, 0, 1]].astype(int)),
    ]
    return [len(npy(X)).to_bytes(2, "big") + npy(X) + npy(Y) for X, Y in pairs]


def _two_arrays_zipped(content: bytes) -> bytes:
    end = 2 + int.from_bytes(content[:2], "big")
    return zipped({"X.npy": content[2:end], "Y.npy": content[end:]}, zipfile.ZIP_STORED)


def _pictures() -> list[bytes]:
    drawn = Image.new("L", (20, 30), 255)
    ImageDraw.Draw(drawn).line([(4, 4), (15, 4), (8, 25)], fill=0, width=3)
    kinds = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF")
    files = [_saved(drawn.convert("RGB"), kind) for kind in kinds]
    files += [_saved(drawn.convert(mode), "PNG") for mode in ("1", "L", "P", "LA", "RGBA")]
    files.append(_saved(Image.fromarray(np.asarray(drawn).astype(np.uint16) * 257), "PNG"))
    files += [_saved(drawn.convert(mode), "TIFF") for mode in ("1", "CMYK", "F")]
    return [*files, _saved(drawn, "JPEG"), _saved(drawn.convert("CMYK"), "JPEG")]


def _pngs() -> list[bytes]:
    return [content for content in _pictures() if content.startswith(b"\x89PNG")]


def _saved(picture: Image.Image, kind: str) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def _read_pictures(path: Path) -> None:
    for format in (ImageFormat(28, 28), ImageFormat(8, 8, 16, "box")):
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


@cache
def _trained() -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Models, checkpoints, and the record of a run."""
    X, Y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    mask = np.ones((3, 4), bool)
    mask[0, 0] = False
    plain = [pel.Dense(4, "tanh", masks={0: mask}), pel.Dense(2, "softmax")]
    rich = [
        pel.Dense(3, "maxout", pieces=2, norm="batch"),
        pel.Dense(2, "softmax", inputs=(0, 1)),
    ]
    models, checkpoints = [], []
    with TemporaryDirectory() as name:
        folder = Path(name)
        for layers in (plain, rich):
            network = pel.Network(3, layers, scale=[1.0, 2.0, 3.0], seed=0)
            optimizer = pel.Adam(pel.Cosine(0.01))
            run = pel.start(
                network, X, Y, optimizer=optimizer, epochs=2, validation=0.2, patience=5
            )
            list(run)
            run.save(folder / "checkpoint")
            network.save(folder / "model")
            models.append((folder / "model").read_bytes())
            checkpoints.append((folder / "checkpoint").read_bytes())
        record = {"data": "digits", "validation": 0.1, "checkpoint_every": None, "starts": 1}
        write_record(folder, record)
        return models, checkpoints, [(folder / "run.json").read_bytes()]


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


CONFIGS = """
[network]
layers = [{units = 5, activation = "tanh", norm = "batch"}, {units = 2, activation = "softmax"}]
initial = "he"
scale = 0.5
shift = [0.0, 1.0, 2.0]

[recipe]
loss = "cross_entropy"
optimizer = {name = "adam", learning_rate = 0.01}
epochs = 3
batch_size = 4
dropout = [0.1]
l2 = 0.001

[data]
validation = 0.2
---
[network]
layers = [{units = 3, inputs = [0]}, {units = 2, activation = "softmax", inputs = [0, 1]}]

[recipe]
optimizer = "sgd"
max_norm = 3.0
metrics = ["accuracy", "f1"]
seed = 7
"""


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


READERS = {
    "idx": Reader("a-images-idx3-ubyte", read_idx, _idx_files),
    "idx.gz": Reader("a-images-idx3-ubyte.gz", read_idx, _idx_files, gzip.compress),
    "gzip": Reader("a.gz", read_idx, lambda: [gzip.compress(file) for file in _idx_files()]),
    "npz": Reader("a.npz", read_npz, _npz_files),
    "npz members": Reader("a.npz", read_npz, _two_arrays, _two_arrays_zipped),
    "pictures": Reader("picture", _read_pictures, _pictures),
    "png": Reader("a.png", _read_pictures, _pngs, _with_sums),
    "model": Reader("model.safetensors", load_model, lambda: _trained()[0]),
    "model content": Reader(
        "model.safetensors", load_model, lambda: _trained()[0], damage=_resealed
    ),
    "checkpoint": Reader("checkpoint.safetensors", load_checkpoint, lambda: _trained()[1]),
    "checkpoint content": Reader(
        "checkpoint.safetensors", load_checkpoint, lambda: _trained()[1], damage=_resealed
    ),
    "record": Reader(
        "run.json",
        lambda path: read_record(path.parent),
        lambda: _trained()[2],
        damage=_other_record,
    ),
    "config": Reader(
        "config.toml",
        _read_config,
        lambda: [text.encode() for text in CONFIGS.split("---")],
        damage=_other_toml,
    ),
}
