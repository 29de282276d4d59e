"""``pellucid train``: train a network on a data set, and keep the run in a folder."""

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pellucid.cli.console import say, say_json, tell

if TYPE_CHECKING:
    from pellucid.cli.training import Outcome

LABEL = 20  # how wide the names of figures are
INDENT = " " * (LABEL + 1)


def train(
    data: Annotated[str | None, typer.Argument(help="A name, .npz, or IDX files.")] = None,
    hidden: Annotated[
        str | None, typer.Option(help="Sizes of the hidden layers, as 30 or 100,50; or none. [100]")
    ] = None,
    activation: Annotated[
        str | None, typer.Option(help="Of the hidden layers: identity, sigmoid, tanh, relu. [relu]")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(help="Activation of the output: softmax, or those above. [softmax]"),
    ] = None,
    bias: Annotated[str | None, typer.Option(help="neuron, layer or none. [neuron]")] = None,
    norm: Annotated[str | None, typer.Option(help="none or batch. [none]")] = None,
    init: Annotated[
        str | None, typer.Option(help="First weights: normal, xavier, he. [by activation]")
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(help="half_sse, mse, binary_cross_entropy, cross_entropy. [the output's]"),
    ] = None,
    optimizer: Annotated[str | None, typer.Option(help="sgd, momentum, adam. [adam]")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="[the optimizer's own]")] = None,
    momentum: Annotated[float | None, typer.Option(help="For --optimizer momentum. [0.9]")] = None,
    schedule: Annotated[
        str | None, typer.Option(help="Of the learning rate: constant, cosine. [constant]")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples in a step. [32]")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training part. [10]")] = None,
    steps: Annotated[int | None, typer.Option(help="Stop after so many steps.")] = None,
    target_cost: Annotated[
        float | None, typer.Option(help="Stop when the training cost is at most this.")
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(help="Stop after so many epochs without a better validation cost."),
    ] = None,
    min_delta: Annotated[
        float | None, typer.Option(help="By how much a cost has to be lower to be better. [0]")
    ] = None,
    l2: Annotated[float | None, typer.Option(help="λ of the penalty λ/2 Σ W². [0]")] = None,
    l2_divisor: Annotated[
        str | None, typer.Option(help="What λ is divided by: cost, batch, dataset. [cost]")
    ] = None,
    dropout: Annotated[
        str | None, typer.Option(help="Share left out: 0.5, or 0.2,0.5 by hidden layer. [0]")
    ] = None,
    validation: Annotated[
        float | None, typer.Option(help="Share of the training part held out; 0: none. [0.1]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of weights, order, dropout. [0]")] = None,
    precision: Annotated[str | None, typer.Option(help="float32 or float64. [float32]")] = None,
    engine: Annotated[str | None, typer.Option(help="auto, native, reference. [auto]")] = None,
    threads: Annotated[int | None, typer.Option(help="At most so many. [all cores]")] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML with [network], [recipe], [data]: masks, connections.")
    ] = None,
    checkpoint_every: Annotated[
        int | None, typer.Option(help="Steps between checkpoints, beside each epoch's end.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where runs are kept.")] = Path("runs"),
    name: Annotated[str | None, typer.Option(help="What the run is called. [the data]")] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with a run that was interrupted.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Train a network; the run is kept in runs/NAME-k.

    Example: pellucid train mnist --hidden 30 --epochs 10
    """
    given = dict(locals())
    for option in ("data", "resume", "as_json"):
        given.pop(option)
    if (data is None) == (resume is None):
        raise typer.BadParameter("give a data set to train on, or --resume with a run.")
    from pellucid.cli.training import carry_out, new_training, resumed_training

    if resume is not None:
        changed = [k for k, v in given.items() if v is not None and k not in ("out", "threads")]
        if changed:
            flag = changed[0].replace("_", "-")
            raise typer.BadParameter(f"a resumed run goes on as it began: leave out --{flag}.")
        training = resumed_training(resume, threads)
    else:
        assert data is not None
        training = new_training(data, given)
    outcome = carry_out(training)
    if as_json:
        say_json(outcome.figures)
    else:
        _show(outcome)
    if outcome.interrupted:
        raise typer.Exit(130)


def _show(outcome: "Outcome") -> None:
    """Print what came of a run."""
    figures: dict[str, Any] = outcome.figures
    say(outcome.sentence)
    for key, value in figures.items():
        part, _, what = key.partition(".")
        if part in ("train", "validation", "test") and what != "examples" and value is not None:
            shown = f"{100 * value:.2f} %" if what == "accuracy" else f"{value:.6g}"
            say(f"{f'{part} {what}:'.replace('_', ' '):>{LABEL}} {shown}")
    for line in wrap(f"{'engine:':>{LABEL}} {figures['engine']}", 80, subsequent_indent=INDENT):
        say(line)
    say(f"{'time:':>{LABEL}} {figures['seconds']:.2f} s")
    say(f"{'saved in:':>{LABEL}} {figures['run']}")
    tell(f"try: pellucid evaluate {figures['run']} {figures['data']}")
