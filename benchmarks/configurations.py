"""Who is measured, and in which ways each may be run."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.cases import Case


@dataclass(frozen=True)
class Peer:
    """A column of the tables.

    `ways` are what its module, a file in peers/, calls its ways of doing it, for each optimizer.
    `flags` are for XLA, which reads them when its process begins.
    """

    title: str
    module: str
    ways: Mapping[str, tuple[str, ...]]
    fewer_threads: bool = True  # whether fewer threads than allowed are tried too
    flags: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Configuration:
    """One way of running a peer."""

    module: str
    way: str
    threads: int
    flags: str = ""

    def __str__(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return ", ".join(filter(None, (self.way, threads, self.flags.replace("--xla_", ""))))


OURS = "pellucid"
YARDSTICK = "sgemm"
_TRAINED = {"SGD": ("",), "Adam": ("",)}
_ALL = _TRAINED | {"predict": ("",)}
_SCANS = ("scan", "scan by fours")
_FLAGS = (
    "",
    "--xla_cpu_prefer_vector_width=512",
    "--xla_cpu_experimental_ynn_fusion_type=-reduce",
    "--xla_cpu_enable_concurrency_optimized_scheduler=false",
    "--xla_cpu_multi_thread_eigen=false",
)

PEERS = {
    OURS: Peer("Pellucid", "ours", _ALL, fewer_threads=False),
    "torch": Peer(
        "torch, eager",
        "pytorch",
        {
            "SGD": ("foreach", "fused", "in place"),
            "Adam": ("foreach", "fused"),
            "predict": ("eager",),
        },
    ),
    "compiled": Peer("torch, compiled", "pytorch", dict.fromkeys(_ALL, ("compiled",))),
    "sklearn": Peer("scikit-learn", "scikit_learn", _ALL),
    "jax": Peer(
        "JAX", "jax_scan", dict.fromkeys(_TRAINED, _SCANS), fewer_threads=False, flags=_FLAGS
    ),
    "numpy": Peer("NumPy by hand", "numpy_by_hand", _TRAINED),
    "onnx": Peer("onnxruntime", "onnx_runtime", {"predict": ("",)}),
    YARDSTICK: Peer("OpenBLAS", "sgemm", _ALL, fewer_threads=False),
}


def configurations(case: Case, threads: int) -> dict[str, list[Configuration]]:
    """Return every way of carrying out `case` with at most so many threads, for each peer."""
    return {
        name: [
            Configuration(peer.module, way, n, flags)
            for way in peer.ways[case.optimizer]
            for n in range(1 if peer.fewer_threads else threads, threads + 1)
            for flags in peer.flags
        ]
        for name, peer in PEERS.items()
        if case.optimizer in peer.ways and _is_asked(name, case)
    }


def _is_asked(name: str, case: Case) -> bool:
    """Whether there is something to learn from this peer; scikit-learn takes long over the deep."""
    if name == YARDSTICK:
        return case.share is not None
    return name in (OURS, "numpy") or name in case.aims
