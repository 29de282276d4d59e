"""The core among threads, forks, signals and ends of processes; each in a process of its own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.engines.strategies import needs_core

pytestmark = needs_core

SCRIPT = """
import os, signal, sys, threading, time, warnings
import numpy as np
import pellucid as pel

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X = rng.normal(size=(20000, 100)).astype(np.float32)
Y = rng.integers(0, 10, 20000)

def network(units=200):
    return pel.Network(100, [pel.Dense(units, "relu"), pel.Dense(10, "softmax")], seed=0)

def threads():
    return len(os.listdir("/proc/self/task"))
"""


def result_of(work: str) -> tuple[int, str, str]:
    """Run `work` in a process of its own; what it returned, printed and complained of."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT + textwrap.dedent(work)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    "at_work",
    [
        "for _ in range(10**9): held.predict(X)",
        "for _ in range(10**9): held.predict(X[:1])",
        "pel.train(held, X, Y, epochs=10**9, batch_size=64, engine='native')",
    ],
    ids=["predict", "predict-one", "train"],
)
def test_a_process_ends_in_peace_while_a_thread_is_at_work(at_work: str) -> None:
    """The interpreter's lock cannot be had any more then, and the thread waits for the end."""
    found = result_of(
        f"""
        held = network()
        def work():
            {at_work}
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.3)
        print("the end")
        """
    )
    assert found == (0, "the end", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs timers of POSIX")
def test_handlers_of_signals_calculate_as_their_process_does() -> None:
    """Numbers too small to be normal are 0 for the core alone, also while it looks for signals."""
    found = result_of(
        """
        seen = []
        def handle(*_):
            seen.append(1e-310 * (len(seen) + 1) > 0)
            if len(seen) == 2:
                raise KeyboardInterrupt
        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
        held = network(2000)  # an epoch takes longer than a signal waits
        try:
            for _ in pel.start(held, X, Y, epochs=10**9, engine="native"): pass
        except KeyboardInterrupt:
            print(seen)
        """
    )
    assert found == (0, "[True, True]", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_predicts_though_a_thread_was_predicting_when_it_was_forked() -> None:
    """What that thread held locked stays so for good in the child, which makes its own anew."""
    found = result_of(
        """
        held = network()
        expected = held.predict(X[:10]).tobytes()
        going = True
        def work():
            while going: held.predict(X)
        other = threading.Thread(target=work)
        other.start()
        answers = []
        for _ in range(8):
            time.sleep(0.02)
            child = os.fork()
            if not child:
                signal.alarm(20)
                os._exit(0 if held.predict(X[:10]).tobytes() == expected else 3)
            answers.append(os.waitpid(child, 0)[1])
        going = False
        other.join()
        print(answers)
        """
    )
    assert found == (0, str([0] * 8), "")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_networks_and_sessions_share_their_threads() -> None:
    """As many as are at work at once, however many networks live; and no more than cores."""
    found = result_of(
        """
        before, cores = threads(), len(os.sched_getaffinity(0))
        small = pel.Network(2, [pel.Dense(3), pel.Dense(1, "sigmoid")])
        small.predict(np.zeros((100, 2)))
        print(threads() - before)
        held = [network() for _ in range(10)]
        for one in held: one.predict(X)
        for one in held[:3]: pel.train(one, X, Y, epochs=1, batch_size=1000, threads=300)
        print(threads() - before == cores - 1)
        """
    )
    assert found == (0, "0\nTrue", "")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_threads_are_started_when_they_are_needed() -> None:
    """More for a larger piece of work, which the same bits come of; none where one is enough."""
    found = result_of(
        """
        from pellucid.engines.native import NativeEngine
        from pellucid.plan.plan import compile_plan
        from pellucid.plan.recipe import Recipe
        from pellucid.plan.state import first_state
        from pellucid.plan.examples import as_examples

        held, before, found = network(), threads(), []
        recipe = Recipe(loss="cross_entropy")
        plan = compile_plan(held.architecture, recipe, len(X))
        examples = as_examples(held.architecture, "cross_entropy", X, Y)
        state = first_state(plan, held.parameters.copy(), held.buffers.copy())
        for n in (1, 2, 5, 3):
            session = NativeEngine(grain=1).open(plan, state, examples, n)
            bits = session.predict(X).tobytes()
            found.append((threads() - before, bits))
        print([n for n, _ in found], len({bits for _, bits in found}))
        """
    )
    assert found == (0, "[0, 1, 4, 4] 1", "")
