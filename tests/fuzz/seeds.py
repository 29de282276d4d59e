"""Whole files of every kind, made here so that none is stored."""

import datetime
import decimal
import io
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

import pellucid as pel
from pellucid.cli.runs import write_record


def idx(array: np.ndarray, code: int) -> bytes:
    """Return an array as an IDX file."""
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, code, array.ndim]) + sizes + array.tobytes()


def idx_files() -> list[bytes]:
    pixels = np.arange(24, dtype=np.uint8)
    return [
        idx(pixels.reshape(2, 3, 4), 0x08),
        idx(pixels, 0x08),
        idx(pixels.astype(">f8").reshape(24, 1), 0x0E),
        idx(pixels.astype(">i2").reshape(1, 2, 3, 4), 0x0B),
    ]


def csv_files() -> list[bytes]:
    """Return tables with several separators, encodings and ends of lines, and with quotes."""
    plain = 'name,area,rent\r\nAnn,30.5,400\r\n"Smith, Bo",55,?\r\nÉva,,900\r\n'
    numbers = "a;b;c\n1,5;2;3\n-2;1e3;0,25\n;7;8\n"
    quoted = 'x\ty\n"a ""b"" c"\t1\n"two\nlines"\t2\n'
    bytes_ = "".join(f"{i},{255 - i},{i % 2}\n" for i in range(20))
    texts = [(plain, "utf-8"), (plain, "utf-16"), (plain, "cp1252"), (plain, "utf-8-sig")]
    texts += [(numbers, "ascii"), (quoted, "ascii"), (bytes_, "ascii")]
    return [text.encode(encoding) for text, encoding in texts]


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


def npz_files() -> list[bytes]:
    X, Y = npy(np.arange(20.0).reshape(10, 2)), npy(np.arange(10) % 2)
    texts, pictures = npy(np.array(["a", "bb"] * 5)), npy(np.zeros((10, 2, 2), np.uint8))
    return [
        zipped({"X.npy": X, "Y.npy": Y}),
        zipped({"X.npy": pictures, "y.npy": texts}, zipfile.ZIP_STORED),
        zipped({"X.npy": X, "Y.npy": Y, "X_test.npy": X, "Y_test.npy": Y}, zipfile.ZIP_STORED),
    ]


def npy_matrices() -> list[bytes]:
    """Return matrices of several types; the last but one in the other order of bytes."""
    X = np.arange(60).reshape(20, 3)
    return [npy(X.astype(kind)) for kind in ("u1", "f4", "f8", ">i2", "?")]


def npy_files() -> list[bytes]:
    others = (
        np.array(["a", "bb"] * 5),
        np.arange(8.0).reshape(2, 2, 2),
        np.asfortranarray(np.eye(3)),
    )
    return [*npy_matrices(), *map(npy, others)]


def two_matrices() -> list[bytes]:
    """X and Y behind one another, the length of X before them."""
    X, Y = npy_matrices(), npy(np.arange(20) % 2)
    return [len(content).to_bytes(2, "big") + content + Y for content in X]


def parquet_rows() -> list[bytes]:
    """Return files of numbers with a target, in one row group and in several."""
    import pyarrow as pa
    import pyarrow.parquet

    columns = {name: np.arange(12) * scale for name, scale in (("a", 1), ("b", 0.5), ("Y", 1))}
    table, files = pa.table(columns), []
    for size, compression in ((12, "none"), (5, "snappy"), (4, "zstd")):
        content = io.BytesIO()
        pa.parquet.write_table(table, content, row_group_size=size, compression=compression)
        files.append(content.getvalue())
    return files


def parquet_files() -> list[bytes]:
    import pyarrow.parquet

    content = io.BytesIO()
    pyarrow.parquet.write_table(_table(), content)
    return [*parquet_rows(), content.getvalue()]


def feather_files() -> list[bytes]:
    import pyarrow.feather

    files = []
    for compression in ("uncompressed", "lz4"):
        content = io.BytesIO()
        pyarrow.feather.write_feather(_table(), content, compression=compression)
        files.append(content.getvalue())
    return files


def _table() -> Any:
    """A table of all kinds of columns, with gaps."""
    import pyarrow as pa

    days = [datetime.date(2020, 1, 1 + i) for i in range(6)]
    columns = {
        "number": pa.array([1.5, None, 3, 4, 5, 6]),
        "text": pa.array(["a", "b", None, "a", "é", ""]),
        "flag": pa.array([True, False, None, True, True, False]),
        "day": pa.array(days),
        "kind": pa.array(["x", "y", "x", "x", None, "y"]).dictionary_encode(),
        "amount": pa.array([decimal.Decimal("1.25")] * 6),
        "count": pa.array([1, 2, 3, 4, 5, 2**40]),
    }
    return pa.table(columns)


def two_arrays() -> list[bytes]:
    """X and Y behind one another, the length of X before them."""
    pairs = [
        (np.arange(20.0).reshape(10, 2), np.arange(10) % 2),
        (np.zeros((4, 2, 2), np.uint8), np.array(["a", "b", "a", "b"])),
        (np.ones((6, 2), np.float32), np.eye(2)[[0, 1, 0, 1, 0, 1]].astype(int)),
    ]
    return [len(npy(X)).to_bytes(2, "big") + npy(X) + npy(Y) for X, Y in pairs]


def pictures() -> list[bytes]:
    drawn = Image.new("L", (20, 30), 255)
    ImageDraw.Draw(drawn).line([(4, 4), (15, 4), (8, 25)], fill=0, width=3)
    kinds = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF")
    files = [_saved(drawn.convert("RGB"), kind) for kind in kinds]
    files += [_saved(drawn.convert(mode), "PNG") for mode in ("1", "L", "P", "LA", "RGBA")]
    files.append(_saved(Image.fromarray(np.asarray(drawn).astype(np.uint16) * 257), "PNG"))
    files += [_saved(drawn.convert(mode), "TIFF") for mode in ("1", "CMYK", "F")]
    return [*files, _saved(drawn, "JPEG"), _saved(drawn.convert("CMYK"), "JPEG")]


def pngs() -> list[bytes]:
    return [content for content in pictures() if content.startswith(b"\x89PNG")]


def _saved(picture: Image.Image, kind: str) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


@cache
def trained() -> tuple[list[bytes], list[bytes], list[bytes]]:
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
