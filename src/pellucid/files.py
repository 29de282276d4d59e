"""Files written whole or not at all, and the codec of our one file format (safetensors).

What a file means (a model, a checkpoint) is decided in ``model/archive.py`` and
``training/checkpoints.py``.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pellucid.arrays import Array
from pellucid.errors import FileError, ModelFileError

HEADER_LIMIT = 1 << 20  # bytes of JSON before the tensors; ours are a few thousand
VALUES_LIMIT = 1 << 15  # values in that JSON; a tensor takes about 8
_DTYPES = {"F32": np.float32, "F64": np.float64, "U8": np.uint8}


def write_atomically(path: Path, content: bytes | Callable[[BinaryIO], None]) -> None:
    """Write `content` under a temporary name in the same folder, sync, rename, sync the folder.

    Whoever reads `path` at any moment, also after a power cut, finds the old file or the new one.
    What is too much to be held in memory is a function that writes it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                content(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as problem:
        raise FileError(f"cannot write {path}: {_reason(problem)}. {_cure(problem)}") from problem
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()  # still there only if something went wrong, Ctrl-C included


def make_folder(path: Path) -> None:
    """Make `path` and the folders above it, with a clear error where a file is in the way."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise FileError(
            f"cannot make the folder {path}: {_reason(problem)}. {_cure(problem)}"
        ) from problem


def read_bytes(path: Path) -> bytes:
    """Return the content of `path`, with a clear error where there is none."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise FileError(
            f"cannot read {path}: {_reason(problem)}. Check the name, or train a model first."
        ) from problem


def write_tensors(path: Path, tensors: Mapping[str, Array], metadata: Mapping[str, Any]) -> None:
    """Write what ``encode`` returns, whole or not at all, without a copy of it in memory."""
    head, arrays = _described(tensors, metadata)

    def write(file: BinaryIO) -> None:
        file.write(head)
        for array in arrays:
            file.write(_bytes(array))

    write_atomically(path, write)


def encode(tensors: Mapping[str, Array], metadata: Mapping[str, Any]) -> bytes:
    """Return a safetensors file: `tensors`, and `metadata` as JSON texts.

    The same content gives the same bytes. (The library's own writer, 0.8.0, puts metadata in
    random order, and stores arrays that are not in C order scrambled.)
    """
    head, arrays = _described(tensors, metadata)
    return b"".join([head, *map(_bytes, arrays)])


def _described(
    tensors: Mapping[str, Array], metadata: Mapping[str, Any]
) -> tuple[bytes, list[Array]]:
    """The head of a file, and the tensors in the order in which they follow it."""
    texts = {key: json.dumps(value, allow_nan=False) for key, value in metadata.items()}
    header: dict[str, Any] = {"__metadata__": texts}
    arrays, end = [], 0
    for name, tensor in _aligned(tensors):
        kind = next(kind for kind, dtype in _DTYPES.items() if dtype == tensor.dtype)
        offsets = [end, end + tensor.nbytes]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": offsets}
        arrays.append(tensor)
        end = offsets[1]
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > HEADER_LIMIT or _n_values(text) > VALUES_LIMIT:
        raise ModelFileError(
            f"expected at most {HEADER_LIMIT} bytes and {VALUES_LIMIT} values of description, got "
            f"{len(text)} and {_n_values(text)}. Make fewer connections or shorter names."
        )
    return len(text).to_bytes(8, "little") + text, arrays


def _bytes(tensor: Array) -> memoryview:
    """The numbers as they stand in a file, not copied where they lie so in memory."""
    ordered = tensor.astype(tensor.dtype.newbyteorder("<"), order="C", copy=False)
    return ordered.reshape(-1).view(np.uint8).data


def _aligned(tensors: Mapping[str, Array]) -> list[tuple[str, Array]]:
    """Wide numbers first, so that each lies at a multiple of its size."""
    arrays = [(name, np.asarray(tensor)) for name, tensor in tensors.items()]
    return sorted(arrays, key=lambda item: (-item[1].dtype.itemsize, item[0]))


def decode(content: bytes, path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return the tensors and the metadata of a safetensors file, read without trusting it.

    Every size is checked against the length of the file before anything is allocated. The
    arrays are views into `content`, not writable: whoever keeps one copies it. What the header
    takes is bounded too: less than 10 MiB, whatever it says.

    Raises
    ------
    ModelFileError
        Truncated, damaged, or not a safetensors file.
    """
    header, body = _header(content, path)
    texts = header.pop("__metadata__", {})
    if not isinstance(texts, dict) or not all(_is_ascii(v) for v in texts.values()):
        raise _damaged(path, "its metadata are not texts")
    try:
        metadata = {key: _strict_json(text) for key, text in texts.items()}
    except (ValueError, RecursionError):
        raise _damaged(path, "its metadata are not JSON") from None
    tensors, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: _place(item[1])):
        tensors[name], begin, stop = _tensor(entry, body, path, name)
        if begin != end:
            raise _damaged(path, f"tensor {name!r} does not follow the one before it")
        end = stop
    if end != len(body):
        raise _damaged(path, f"{len(body) - end} bytes are left over after the last tensor")
    return tensors, metadata


def _header(content: bytes, path: Path) -> tuple[dict[str, Any], memoryview]:
    if len(content) < 8:
        raise _damaged(path, f"it has only {len(content)} bytes")
    length = int.from_bytes(content[:8], "little")
    if length > HEADER_LIMIT:
        raise _damaged(path, f"its header claims {length} bytes (at most {HEADER_LIMIT} allowed)")
    if 8 + length > len(content):
        raise _damaged(path, "it ends inside its header")
    if _n_values(content[8 : 8 + length]) > VALUES_LIMIT:
        raise _damaged(path, f"its header holds more than {VALUES_LIMIT} values")
    try:
        header = _strict_json(content[8 : 8 + length].decode("utf-8"))
    except (ValueError, RecursionError):
        raise _damaged(path, "its header is not JSON") from None
    if not isinstance(header, dict):
        raise _damaged(path, "its header is not a table of tensors")
    return header, memoryview(content)[8 + length :]


def _n_values(header: bytes) -> int:
    """At most so many values stand in a JSON text: one after each of these, and one more."""
    return 1 + sum(header.count(sign) for sign in (b",", b"[", b"{"))


def _is_ascii(text: Any) -> bool:
    return isinstance(text, str) and text.isascii()


def _place(entry: Any) -> tuple[float, float]:
    """Where a tensor lies; an empty one before the one that begins at the same place."""
    try:
        begin, end = entry["data_offsets"]
        return float(begin), float(end)
    except (TypeError, KeyError, ValueError, OverflowError):
        return -1.0, -1.0


def _tensor(entry: Any, body: memoryview, path: Path, name: str) -> tuple[Array, int, int]:
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, begin, end]
    except (TypeError, KeyError, ValueError):
        raise _damaged(path, f"tensor {name!r} is not described") from None
    known = isinstance(dtype, str) and dtype in _DTYPES and len(shape) <= 8
    if not known or not all(type(n) is int and 0 <= n < 1 << 63 for n in numbers):
        raise _damaged(path, f"tensor {name!r} has an unknown type or a wrong shape")
    size = np.dtype(_DTYPES[dtype]).itemsize
    for n in shape:
        size *= n  # Python's integers do not overflow
    if begin > end or end > len(body) or size != end - begin:
        raise _damaged(path, f"tensor {name!r} does not fit into the file")
    try:
        values = np.frombuffer(body[begin:end], _DTYPES[dtype]).reshape(shape)
    except ValueError:  # no numbers at all, but sides that NumPy cannot count
        raise _damaged(path, f"tensor {name!r} has an impossible shape") from None
    return values, begin, end


def _strict_json(text: str) -> Any:
    """JSON without repeated keys, NaN or infinities, which the standard library lets pass."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) != len(pairs):
            raise ValueError("a key stands twice")
        return table

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not a number")

    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


def _damaged(path: Path, what: str) -> ModelFileError:
    return ModelFileError(
        f"{path} is damaged or was not written by Pellucid: {what}. "
        "Copy the file again, or train the model anew."
    )


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()


def _cure(problem: OSError) -> str:
    import errno

    cures = {
        errno.ENOSPC: "Free some space, or name another folder.",
        errno.ENOTDIR: "A part of this path is a file: name another folder.",
        errno.EEXIST: "A file of this name is in the way: name another folder.",
        errno.ENOENT: "The folder does not exist: make it first, or name another.",
        errno.EACCES: "You may not write there: name another folder.",
        errno.EROFS: "That disk cannot be written: name another folder.",
    }
    return cures.get(problem.errno or 0, "Name another place.")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no handle on a folder to sync
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
