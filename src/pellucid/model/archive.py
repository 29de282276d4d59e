"""A model as one file: named tensors, and JSON with a closed vocabulary. Nothing in it can run.

The format is ``docs/architecture.md``, "Model file". Files of version 1 stay readable
(``tests/model/test_archive.py`` holds one).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.arrays import Array
from pellucid.data.dataset import ImageFormat
from pellucid.data.table_json import scaling_from_json, table_from_json, table_to_json
from pellucid.errors import ModelFileError, ValueProblem
from pellucid.files import decode, read_bytes, write_tensors
from pellucid.model.model import Model
from pellucid.model.network import Network
from pellucid.network import architecture as description
from pellucid.network.architecture import Architecture
from pellucid.network.segments import Segment, buffer_segments, length, parameter_segments

FORMAT = "pellucid.model"
VERSION = 2
LONGEST_NAME = 1000


def save(model: Model, path: Path) -> None:
    """Write `model` to `path`, whole or not at all.

    Raises
    ------
    FileError
        The folder is missing, the disk is full, a file is in the way.
    """
    network = model.network
    tensors, data = pack_architecture(network.architecture)
    for vector, segments in (
        (network.parameters, network.segments),
        (network.buffers, buffer_segments(network.architecture)),
    ):
        tensors |= {segment.name: segment.view(vector) for segment in segments}
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "architecture": data,
        "classes": None if model.classes is None else list(model.classes),
        "image": None if model.image is None else asdict(model.image),
        "loss": model.loss,
        "table": None if model.table is None else table_to_json(model.table),
        "scaling": None if model.scaling is None else vars(model.scaling),
    }
    write_tensors(path, tensors, sealed(tensors, metadata))


def load_model(path: str | Path) -> Model:
    """Return the model in a file that ``save`` wrote.

    Raises
    ------
    ModelFileError
        Damaged, foreign, or of a later version.
    FileError
        There is no such file.
    """
    path = Path(path)
    tensors, metadata = read_sealed(path, FORMAT, VERSION)
    try:
        metadata = {"table": None, "scaling": None} | metadata  # which version 1 did not have
        expect_keys(metadata, {"architecture", "classes", "image", "loss", "table", "scaling"})
        architecture = unpack_architecture(tensors, metadata["architecture"])
        network = _network(architecture, tensors)
        classes, image = _classes(metadata["classes"]), _image(metadata["image"])
        table = None if metadata["table"] is None else table_from_json(metadata["table"])
        scaling = None if metadata["scaling"] is None else scaling_from_json(metadata["scaling"])
        return Model(network, classes, image, metadata["loss"], table, scaling)
    except (ValueProblem, KeyError, TypeError, ValueError) as problem:
        raise ModelFileError(
            f"{path} is damaged: {problem} Copy the file again, or train the model anew."
        ) from None


def load(path: str | Path) -> Network:
    """Return the network in a model file; ``pellucid.load_model`` keeps the class names too.

    Raises
    ------
    ModelFileError
        Damaged, foreign, or of a later version.
    FileError
        There is no such file.
    """
    return load_model(path).network


def pack_architecture(architecture: Architecture) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return an architecture as JSON, and as tensors what is long in it: masks and scaling."""
    data = description.to_json(architecture)
    tensors: dict[str, Array] = {}
    for to, layer in enumerate(data["layers"], start=1):
        for k in layer.pop("masks"):
            mask = architecture.mask(int(k), to)
            assert mask is not None
            tensors[f"mask.{k}.{to}"] = mask.astype(np.uint8)
    for name in ("scale", "shift"):
        if isinstance(data[name], tuple):
            tensors[name] = np.array(data.pop(name), np.float64)
    return tensors, data


def unpack_architecture(tensors: dict[str, Array], data: Any) -> Architecture:
    """Return the architecture again, taking its tensors out of `tensors`."""
    if not isinstance(data, dict) or not isinstance(data.get("layers"), list):
        raise ModelFileError("its architecture is not a table with layers.")
    whole = dict(data)
    for name in ("scale", "shift"):
        if name in tensors:
            whole[name] = tuple(tensors.pop(name).astype(float).tolist())
    layers = [dict(layer) for layer in data["layers"]]
    for key in [name for name in tensors if name.startswith("mask.")]:
        k, to = (int(number) for number in key.split(".")[1:])
        if not 1 <= to <= len(layers):
            raise ModelFileError(f"there is a mask for layer {to}, which does not exist.")
        layers[to - 1].setdefault("masks", {})[k] = tensors.pop(key)
    return description.from_json({**whole, "layers": layers})


def sealed(tensors: Mapping[str, Array], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return `metadata` with a digest of it and of all tensors, which shows later damage."""
    return {**metadata, "digest": _digest(tensors, metadata)}


def read_sealed(
    path: Path, name: str, version: int, oldest: int = 1
) -> tuple[dict[str, Array], dict[str, Any]]:
    """Return tensors and metadata of a sealed file; format, version and digest are checked.

    Raises
    ------
    ModelFileError
        Damaged, of another format, or of a version before `oldest` or after `version`.
    """
    tensors, metadata = decode(read_bytes(path), path)
    _check_format(metadata, name, (oldest, version), path)
    if metadata.pop("digest", None) != _digest(tensors, metadata):
        raise ModelFileError(
            f"{path} is damaged: its content is not what was written. "
            "Copy the file again, or train the model anew."
        )
    del metadata["format"], metadata["version"]
    return tensors, metadata


def expect_keys(data: Any, known: set[str]) -> None:
    """Refuse tables with missing or unknown entries: the vocabulary is closed."""
    if not isinstance(data, dict) or set(data) != known:
        found = sorted(data) if isinstance(data, dict) else type(data).__name__
        raise ModelFileError(f"expected the entries {', '.join(sorted(known))}, got {found}.")


def _check_format(
    metadata: Mapping[str, Any], name: str, versions: tuple[int, int], path: Path
) -> None:
    found = metadata.get("format")
    if found != name:
        raise ModelFileError(
            f"{path}: expected a file of the format {name}, got {found!r}. "
            "A model is called model.safetensors, a checkpoint checkpoint.safetensors."
        )
    found, (oldest, version) = metadata.get("version"), versions
    if type(found) is int and 1 <= found < oldest:
        raise ModelFileError(
            f"{path}: this Pellucid reads {name} from version {oldest} on, got {found}. "
            "Go on with the Pellucid that wrote it, or train anew."
        )
    if type(found) is not int or not 1 <= found <= version:
        raise ModelFileError(
            f"{path}: this Pellucid reads {name} up to version {version}, got {found!r}. "
            "Install a newer Pellucid."
        )


def _digest(tensors: Mapping[str, Array], metadata: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(metadata, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tensor.shape};".encode())
        digest.update(np.ascontiguousarray(tensor).data)
    return digest.hexdigest()


def _network(architecture: Architecture, tensors: dict[str, Array]) -> Network:
    parameter_layout, buffer_layout = (
        parameter_segments(architecture),
        buffer_segments(architecture),
    )
    names = {segment.name for segment in parameter_layout + buffer_layout}
    if set(tensors) != names:
        odd = sorted(set(tensors) ^ names)
        raise ModelFileError(f"its tensors are not those of its architecture: {odd[:5]}.")
    dtype = tensors[parameter_layout[0].name].dtype
    vectors = [_joined(tensors, layout, dtype) for layout in (parameter_layout, buffer_layout)]
    _check_masked(architecture, parameter_layout, vectors[0])
    return Network.from_arrays(architecture, vectors[0], vectors[1])


def _joined(tensors: dict[str, Array], layout: tuple[Segment, ...], dtype: Any) -> Array:
    for segment in layout:
        tensor = tensors[segment.name]
        if tensor.shape != segment.shape or tensor.dtype != dtype or dtype.kind != "f":
            raise ModelFileError(
                f"{segment.name}: expected {dtype} of shape {segment.shape}, "
                f"got {tensor.dtype} of shape {tensor.shape}."
            )
    vector = np.empty(length(layout), dtype)
    for segment in layout:
        segment.view(vector)[...] = tensors[segment.name]
    if not np.isfinite(vector).all():
        raise ModelFileError("some of its weights are not finite numbers.")
    return vector


def _check_masked(architecture: Architecture, layout: tuple[Segment, ...], vector: Array) -> None:
    for segment in layout:
        mask = None if segment.source is None else architecture.mask(segment.source, segment.layer)
        if mask is not None and segment.view(vector)[~mask].any():
            raise ModelFileError(f"{segment.name}: a weight that its mask leaves out is not 0.")


def _classes(data: Any) -> tuple[str, ...] | None:
    if data is None:
        return None
    if not isinstance(data, list) or not all(
        isinstance(name, str) and len(name) <= LONGEST_NAME for name in data
    ):
        raise ModelFileError("its class names are not texts.")
    return tuple(data)


def _image(data: Any) -> ImageFormat | None:
    if data is None:
        return None
    data = {"channels": 1} | data  # version 1 knew grey only
    expect_keys(data, {item.name for item in fields(ImageFormat)})
    sizes = [data["height"], data["width"], data["maximum"], data["channels"]]
    whole = all(type(size) is int and size >= 1 for size in sizes) and data["channels"] in (1, 3)
    if not whole or data["centring"] not in ("mass", "box", "whole"):
        raise ModelFileError(f"its pictures cannot be laid out as {data}.")
    return ImageFormat(**data)
