"""Look for files that bring another error than ours: libFuzzer, led by what the code has done.

    make fuzz                              # every reader, a minute each
    make fuzz SECONDS=600 READERS="idx npz"

Needs atheris. What is found is kept in build/fuzz; `attempt` of readers.py repeats it.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FunctionType

FOLLOWED = ("pellucid", "PIL", "zipfile", "gzip", "tomllib", "json")
FOUND = Path("build/fuzz")
LONGEST = 1 << 16  # bytes of a file, before it is packed
MEMORY = 2048  # MB
PATIENCE = 20  # seconds for one file


def main() -> int:
    """Try each reader in a process of its own, which libFuzzer ends; return how many failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="rows of READERS")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        fuzz(given.names[0], given.seconds, given.seed)
    from tests.fuzz.readers import READERS

    names = [name for name in READERS if not given.names or name in given.names]
    return sum(not _tried(name, given.seconds, given.seed) for name in names)


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _tried(name: str, seconds: int, seed: int) -> bool:
    words = ["--one", name, f"--seconds={seconds}", f"--seed={seed}"]
    command = [sys.executable, "-m", "tests.fuzz.run", *words]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", done.stderr))
    covered = re.findall(r"\bcov: (\d+)", done.stderr)
    say(
        f"{name:<20}{int(stats.get('number_of_executed_units', 0)):>12,} files"
        f"{covered[-1] if covered else '?':>8} places{stats.get('peak_rss_mb', '?'):>8} MB   "
        + ("nothing found" if done.returncode == 0 else "FOUND")
    )
    if done.returncode:
        say(done.stdout[-2000:] + done.stderr[-6000:])
    return done.returncode == 0


def _functions() -> list[FunctionType]:
    """The functions whose ways are followed: ours, and those that unpack and parse."""
    found = []
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in FOLLOWED:
            inside = [vars(value) for value in vars(module).values() if isinstance(value, type)]
            for names in (vars(module), *inside):
                found += [value for value in names.values() if isinstance(value, FunctionType)]
    return list(dict.fromkeys(found))


def fuzz(name: str, seconds: int, seed: int) -> None:
    """Try one reader; the process ends here."""
    import atheris

    from tests.fuzz.readers import READERS, attempt

    reader = READERS[name]
    FOUND.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        folder, corpus = Path(scratch) / "file", Path(scratch) / "corpus"
        folder.mkdir()
        corpus.mkdir()
        for k, content in enumerate(reader.seeds()):
            (corpus / str(k)).write_bytes(content)
            attempt(reader, content, folder)  # imports all that it takes
        for function in _functions():
            atheris.instrument_func(function)

        def mutated(content: bytes, longest: int, drawn: int) -> bytes:
            random = Random(drawn)
            if random.random() < 0.5:
                return atheris.Mutate(content, longest)
            return reader.damage(content, random)[:longest]

        limits = [f"-max_len={LONGEST}", f"-rss_limit_mb={MEMORY}", f"-timeout={PATIENCE}"]
        ends = [f"-max_total_time={seconds}", f"-seed={seed}", "-print_final_stats=1"]
        where = f"-artifact_prefix={FOUND}/{name.replace(' ', '-')}-"
        atheris.Setup(
            [sys.argv[0], *limits, *ends, where, str(corpus)],
            lambda content: attempt(reader, content, folder) and None,
            custom_mutator=mutated,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(min(main(), 1))
