"""Kill training runs without warning, and prove that each goes on as if nothing had happened.

``python tests/training/kill.py --kills 200`` does it at length; the test beside it is shorter.
A child trains and saves checkpoints; after each it prints the step, once the file is in place.
It is killed at a random moment: while a checkpoint is being written, or anywhere. Then the
checkpoint has to be there, not older than the last that was reported, and to lead to the same
parameters, bit for bit, as a run that nobody killed.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import pellucid as pel
from pellucid.engines.select import engines
from pellucid.equations.solvers import LBFGS
from pellucid.training.checkpoints import load_checkpoint
from pellucid.training.run import Run

EVERY = 3  # steps between checkpoints
X = np.random.default_rng(0).random((300, 40)).astype(np.float32)
Y = (X[:, :5].argmax(1)).astype(np.int32)


class Tally(NamedTuple):
    """What the kills hit."""

    kills: int
    while_writing: int  # a temporary file was left behind
    inside_an_epoch: int
    resumed_again: int  # kills of runs that had been killed before


def configurations() -> list[tuple[str, str]]:
    """Every configuration with every engine that is here and can carry it out."""
    here = [name for name, what in engines().items() if not what.startswith("not here")]
    return [(name, engine) for name in ("adam", "norm", "lbfgs", "files") for engine in here]


def inputs(configuration: str, path: Path) -> npt.ArrayLike:
    """The rows: in memory, or in the file that lies in one of the folders above the checkpoint."""
    if configuration != "files":
        return X
    file = next(folder / "X.npy" for folder in path.parents if (folder / "X.npy").exists())
    return pel.stored_rows(file, chunk=10, window=48)  # windows of two batches


def begin(configuration: str, engine: str, path: Path) -> Run:
    """Begin the run, or go on where its checkpoint is."""
    if path.exists():
        rows = inputs(configuration, path)
        return pel.resume(path, rows, Y, validation=0.2, engine=engine, every=EVERY)
    norm = "batch" if configuration == "norm" else "none"
    layers = [pel.Dense(300, norm=norm), pel.Dense(200), pel.Dense(5, "softmax")]
    solving = configuration == "lbfgs"
    return pel.start(
        pel.Network(40, layers, seed=1),
        inputs(configuration, path),
        Y,
        optimizer=LBFGS() if solving else pel.Adam(pel.Cosine(0.01)),
        batch_size=24,
        epochs=25 if solving else 6,
        dropout=0.0 if solving else 0.3,
        average=None if solving else 0.9,
        patience=3,
        validation=0.2,
        engine=engine,
        every=EVERY,
    )


def train(run: Run, path: Path) -> Iterator[int]:
    """Carry the run out; yield the step after each checkpoint."""
    for event in run:
        if not isinstance(event, pel.Stopped):
            run.save(path)
            yield run.state.step


def digest(run: Run) -> str:
    """The SHA-256 of the final parameters and buffers, and of all that was recorded."""
    found = hashlib.sha256(run.network.parameters.tobytes() + run.network.buffers.tobytes())
    found.update(repr([record._replace(seconds=0) for record in run.state.history]).encode())
    return found.hexdigest()


def finish(configuration: str, engine: str, path: Path) -> str:
    """Go on to the end without being killed."""
    run = begin(configuration, engine, path)
    for _ in run:
        pass
    return digest(run)


def child(configuration: str, engine: str, path: Path) -> None:
    """Train, and say after each checkpoint that it is there."""
    run = begin(configuration, engine, path)
    for step in train(run, path):
        sys.stdout.write(f"{step}\n")
        sys.stdout.flush()


def kill_once(
    configuration: str, engine: str, path: Path, chance: random.Random
) -> tuple[int, bool] | None:
    """Kill a child; return the last step it reported and whether it was writing, None: too late."""
    script = [sys.executable, __file__, "--child", configuration, engine, str(path)]
    process = subprocess.Popen(script, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = -1
    for _ in range(chance.randint(1, 8)):
        last = int(process.stdout.readline() or last)
    if chance.random() < 0.5:
        while process.poll() is None and not temporary(path):
            pass
    else:
        time.sleep(chance.uniform(0, 0.02))
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    if process.returncode != -signal.SIGKILL:
        return None
    writing = bool(temporary(path))
    return int((rest.split() or [last])[-1]), writing


def temporary(path: Path) -> list[str]:
    """Files that are being written, or were when their writer was killed."""
    return [entry.name for entry in os.scandir(path.parent) if entry.name != path.name]


def campaign(kills: int, seed: int = 0) -> Tally:
    """Kill so many children; raise AssertionError where anything was lost."""
    chance = random.Random(seed)
    done = writing = inside = again = 0
    with tempfile.TemporaryDirectory(prefix="pellucid-kill-") as folder:
        np.save(Path(folder) / "X.npy", X)
        whole = {pair: finish(*pair, Path(folder) / "none") for pair in configurations()}
        while done < kills:
            pair = configurations()[done % len(whole)]
            with tempfile.TemporaryDirectory(dir=folder) as place:
                path = Path(place) / "checkpoint.safetensors"
                for attempt in range(chance.randint(1, 2)):
                    found = kill_once(*pair, path, chance)
                    if found is None:
                        break
                    for leftover in temporary(path):
                        (path.parent / leftover).unlink()
                    state = load_checkpoint(path).state
                    assert state.step >= found[0], (pair, state.step, found)
                    done, writing = done + 1, writing + found[1]
                    inside, again = inside + (state.position > 0), again + attempt
                assert finish(*pair, path) == whole[pair], pair
    return Tally(done, writing, inside, again)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", nargs=3, metavar=("CONFIGURATION", "ENGINE", "PATH"))
    given = parser.parse_args()
    if given.child:
        child(given.child[0], given.child[1], Path(given.child[2]))
    else:
        sys.stdout.write(f"{campaign(given.kills, given.seed)}\n")
