"""``pellucid train``: train a network on a data set, and keep the run in a folder."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pellucid.cli.console import say_json

source = partial(typer.Option, rich_help_panel="Data")
network = partial(typer.Option, rich_help_panel="Network")
method = partial(typer.Option, rich_help_panel="Loss and optimizer")
restraint = partial(typer.Option, rich_help_panel="Penalties and noise")
stopping = partial(typer.Option, rich_help_panel="Stopping")
running = partial(typer.Option, rich_help_panel="Running")


def train(
    data: Annotated[
        str | None,
        typer.Argument(help="A name, a table (.csv, .parquet), a folder of pictures, .npz, IDX."),
    ] = None,
    target: Annotated[
        list[str] | None,
        source(metavar="<str>", help="Of a table: the column to predict; several: a,b."),
    ] = None,
    task: Annotated[
        str | None,
        source(help="What the target is: classes, numbers, labels of yes and no. [by its values]"),
    ] = None,
    kind: Annotated[
        list[str] | None,
        source(
            metavar="<str>",
            help="What a column is, as zip=category: number, category, boolean, date, or "
            "identifier, which is left out. [by its values]",
        ),
    ] = None,
    test: Annotated[
        str | None, source(help="A table to judge by at last. [a fifth of the rows]")
    ] = None,
    group: Annotated[
        str | None, source(help="Column whose groups of rows stay together when rows are held out.")
    ] = None,
    time: Annotated[
        str | None, source(help="Column of dates or numbers: the latest rows are held out.")
    ] = None,
    separator: Annotated[
        str | None, source(help="Between the cells of a CSV file; tab for a tab. [found]")
    ] = None,
    encoding: Annotated[str | None, source(help="Of a CSV file, as utf-8. [found]")] = None,
    decimal: Annotated[str | None, source(help="Its decimal mark: . or a comma. [found]")] = None,
    header: Annotated[
        bool | None,
        source("--header/--no-header", help="Whether its first line has names. [found]"),
    ] = None,
    size: Annotated[
        str | None,
        source(
            help="Of pictures from a folder: a side as 32, or width x height as 100x80; what the "
            "longer side has too much is cut at both ends. [their own, to 64]"
        ),
    ] = None,
    colour: Annotated[
        str | None, source(help="Of pictures from a folder: grey or rgb. [as they are]")
    ] = None,
    damaged: Annotated[
        str | None, source(help="Damaged pictures: stop or leave-out. [stop]")
    ] = None,
    hidden: Annotated[
        str | None, network(help="Sizes of the hidden layers, as 30 or 100,50; or none. [100]")
    ] = None,
    local: Annotated[
        str | None,
        network(
            help="Of pictures: first hidden layers whose neurons each see one square, "
            "side:step:neurons as 8:4:16; a second one sees squares of the first, as "
            "8:4:16,3:1:40. [none]"
        ),
    ] = None,
    activation: Annotated[
        str | None,
        network(
            help="Of the hidden layers: identity, sigmoid, tanh, scaled_tanh, hard_tanh, softsign, "
            "relu, leaky_relu, elu, selu, gelu, gelu_tanh, silu, softplus, exp, maxout; step and "
            "sign have no slope to train by. [relu]"
        ),
    ] = None,
    pieces: Annotated[
        int | None, network(help="Weighted sums of which maxout takes the largest. [2]")
    ] = None,
    output: Annotated[
        str | None,
        network(help="Activation of the output: softmax, or those above. [by data and loss]"),
    ] = None,
    bias: Annotated[str | None, network(help="neuron, layer or none. [neuron]")] = None,
    norm: Annotated[
        str | None, network(help="Of the hidden layers: none, batch or layer. [none]")
    ] = None,
    init: Annotated[
        str | None,
        network(
            help="First weights: normal, xavier, he, lecun, nielsen, orthogonal, uniform, small, "
            "constant, zeros; with a size as in uniform:0.05; one, or one by layer as in "
            "he,small. [by activation]"
        ),
    ] = None,
    validation: Annotated[
        float | None, source(help="Share of the training part held out. [0.1, of tables 0]")
    ] = None,
    config: Annotated[
        Path | None,
        network(help="TOML with [network], [recipe], [data]: masks, connections, schedules."),
    ] = None,
    loss: Annotated[
        str | None,
        method(
            help="half_sse, sse, mse, mae, huber, quantile, poisson, squared_hinge, "
            "binary_cross_entropy, cross_entropy; with numbers as in huber:1.5 or "
            "quantile:0.1,0.5,0.9 (an output for each level). [the output's]"
        ),
    ] = None,
    optimizer: Annotated[
        str | None,
        method(
            help="sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, rprop; or a solver, "
            "whose steps see all examples: lbfgs, levenberg_marquardt. [adam]"
        ),
    ] = None,
    learning_rate: Annotated[float | None, method(help="[the optimizer's own]")] = None,
    momentum: Annotated[float | None, method(help="Of momentum and nesterov. [0.9]")] = None,
    schedule: Annotated[
        str | None,
        method(
            help="Of the learning rate: constant, linear, cosine, exponential, inverse_time, "
            "step, warm_up, one_cycle, plateau. [constant]"
        ),
    ] = None,
    batch_size: Annotated[
        str | None, method(help="Examples in a step, or all of them: all. [32]")
    ] = None,
    average: Annotated[
        float | None, method(help="Judge and keep the weights' running average, as 0.999.")
    ] = None,
    metric: Annotated[
        list[str] | None,
        method(
            metavar="<str>",
            help="Also work out: accuracy, precision, recall, f1, roc_auc, log_loss, "
            "label_accuracy, r2, mean_absolute_error, rmse, mape. Several: f1,roc_auc.",
        ),
    ] = None,
    l1: Annotated[float | None, restraint(help="λ of the penalty λ Σ |W|. [0]")] = None,
    l1_divisor: Annotated[
        str | None, restraint(help="What λ is divided by: cost, batch, dataset. [cost]")
    ] = None,
    l2: Annotated[float | None, restraint(help="λ of the penalty λ/2 Σ W². [0]")] = None,
    l2_divisor: Annotated[str | None, restraint(help="As for l1. [cost]")] = None,
    max_norm: Annotated[
        str | None,
        restraint(help="Largest length of the weights into a neuron; one, or one by layer."),
    ] = None,
    clip_value: Annotated[float | None, restraint(help="Largest size of a derivative.")] = None,
    clip_norm: Annotated[float | None, restraint(help="Largest length of the gradient.")] = None,
    label_smoothing: Annotated[
        float | None, restraint(help="Share of each target spread over the classes. [0]")
    ] = None,
    dropout: Annotated[
        str | None, restraint(help="Share left out: 0.5, or 0.2,0.5 by hidden layer. [0]")
    ] = None,
    input_dropout: Annotated[float | None, restraint(help="Share of inputs left out. [0]")] = None,
    noise: Annotated[
        str | None,
        restraint(help="Deviation of noise on activations; one, or one by hidden layer. [0]"),
    ] = None,
    input_noise: Annotated[
        float | None, restraint(help="Deviation of noise on the scaled inputs. [0]")
    ] = None,
    augment: Annotated[
        str | None,
        restraint(
            help="Distort pictures, anew in each epoch: digits, photos, or some of shift:2 "
            "(pixels), rotate:15, shear:15 (degrees), scale:0.15, elastic:4:34, noise:0.05, flip, "
            "crop:4, with commas. [nothing]"
        ),
    ] = None,
    epochs: Annotated[
        int | None, stopping(help="Passes over the training part; steps of a solver. [10]")
    ] = None,
    steps: Annotated[int | None, stopping(help="Stop after so many steps.")] = None,
    seconds: Annotated[float | None, stopping(help="Stop after so much time.")] = None,
    target_cost: Annotated[
        float | None, stopping(help="Stop when the training cost is at most this.")
    ] = None,
    patience: Annotated[
        int | None,
        stopping(help="Stop after so many epochs without a better one; keep the best epoch."),
    ] = None,
    min_delta: Annotated[
        float | None, stopping(help="By how much an epoch has to be better to count. [0]")
    ] = None,
    rises: Annotated[
        int | None, stopping(help="Stop when it got worse so often in a row; keep the best epoch.")
    ] = None,
    give_up: Annotated[
        int | None, stopping(help="Stop after so many epochs if nothing was learnt by then.")
    ] = None,
    monitor: Annotated[
        str | None, stopping(help="What better and worse mean: cost, or a metric. [cost]")
    ] = None,
    seed: Annotated[int | None, running(help="Of weights, order, dropout, noise. [0]")] = None,
    starts: Annotated[
        int | None,
        running(help="Train so many, from this seed on, and keep the best. No checkpoints. [1]"),
    ] = None,
    precision: Annotated[str | None, running(help="float32 or float64. [float32]")] = None,
    engine: Annotated[str | None, running(help="auto, native, reference. [auto]")] = None,
    threads: Annotated[int | None, running(help="At most so many. [all cores]")] = None,
    checkpoint_every: Annotated[
        int | None, running(help="Steps between checkpoints, beside each epoch's end.")
    ] = None,
    out: Annotated[Path, running(help="Where runs are kept.")] = Path("runs"),
    name: Annotated[str | None, running(help="What the run is called. [the data]")] = None,
    doctor: Annotated[
        bool, running("--doctor", help="Say what goes wrong as soon as it shows, and the cure.")
    ] = False,
    report: Annotated[
        bool, running("--report", help="Write report.html beside the model: all there is to see.")
    ] = False,
    resume: Annotated[Path | None, running(help="Go on with a run that was interrupted.")] = None,
    as_json: Annotated[bool, running("--json", help="One JSON object.")] = False,
) -> None:
    """Train a network; the run is kept in runs/NAME-k.

    Tables and photographs have defaults of their own; what was chosen is said.

    Example: pellucid train mnist --hidden 30 --epochs 10

    Example: pellucid train houses.csv --target price

    `pellucid formulas` says what each name stands for.
    """
    given = dict(locals())
    for option in ("data", "resume", "as_json", "doctor", "report"):
        given.pop(option)
    if (data is None) == (resume is None):
        raise typer.BadParameter("give a data set to train on, or --resume with a run.")
    from pellucid.cli.reports import check_report
    from pellucid.cli.summary import show_outcome
    from pellucid.cli.training import carry_out, new_training, resumed_training

    if report:
        check_report()
    if resume is not None:
        changed = [k for k, v in given.items() if v is not None and k not in ("out", "threads")]
        if changed:
            flag = changed[0].replace("_", "-")
            raise typer.BadParameter(f"a resumed run goes on as it began: leave out --{flag}.")
        training = resumed_training(resume, threads)
    else:
        assert data is not None
        training = new_training(data, given)
    outcome = carry_out(training, with_doctor=doctor, with_report=report)
    if as_json:
        say_json(outcome.figures)
    else:
        show_outcome(outcome)
    if outcome.interrupted:
        raise typer.Exit(130)
