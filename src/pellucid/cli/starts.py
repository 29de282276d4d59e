"""Several starts of a run, with a line on standard error for each that is over."""

from contextlib import closing

from pellucid.cli.console import tell
from pellucid.cli.progress import heading, short, shown
from pellucid.training.history import History
from pellucid.training.run import Run
from pellucid.training.starts import Starts


def carry_out(starts: Starts) -> History:
    """Train all of them; return the history of the best, which tells of the others too."""
    first, wanted = starts.runs[0], len(starts.runs)
    tell(f"{wanted} networks, from seed {first.plan.recipe.seed} on; there are no checkpoints")
    validation = f"{'validation':>12}{heading(first.score):>11}" if first.validation else ""
    tell(f"{'over':>7}{'seed':>8}{'epochs':>8}{'cost':>12}{validation}{'time':>10}")
    with closing(iter(starts)) as those_over:
        for over, run in enumerate(those_over, start=1):
            tell(_line(run, f"{over}/{wanted}"))
    return starts.keep_best()


def _line(run: Run, over: str) -> str:
    history, figures = run.history, ""
    if history.epochs:
        last = history.epochs[-1]
        figures = f"{short(last.cost):>12}"
        if run.validation is not None:
            score = shown(run.score, last.validation_score)
            figures += f"{short(last.validation_cost):>12}{score:>11}"
    why = "" if history.reason in ("epochs", "steps") else f"  {history.reason}"
    return (
        f"{over:>7}{run.plan.recipe.seed:>8}{len(history.epochs):>8}{figures}"
        f"{history.seconds:>8.2f} s{why}"
    )
