"""``pellucid evaluate``: how good a model is on a data set."""

from pathlib import Path
from typing import Annotated

import typer

from pellucid.cli.console import say_json, tell


def evaluate(
    model: Annotated[Path, typer.Argument(help="A run, or a model file.")],
    data: Annotated[
        str, typer.Argument(help="A data set: a name, a table, .npz, IDX files, pictures.")
    ],
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="<str>",
            help="Also work out: accuracy, precision, recall, f1, roc_auc, log_loss, "
            "label_accuracy, r2, mean_absolute_error, rmse, mape. Several: f1,roc_auc.",
        ),
    ] = None,
    damaged: Annotated[
        str, typer.Option(help="Damaged pictures in a folder: stop or leave-out.")
    ] = "stop",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Judge a model on the test part of a data set.

    Where the data set has no test part, it is judged on all of it; so it is on a table, unless it
    is the one that the run was trained on.

    Example: pellucid evaluate runs/mnist-1 mnist --metric f1,roc_auc
    """
    from pellucid.cli.data_sets import dataset_for
    from pellucid.cli.recipes import names_in
    from pellucid.cli.reporting import judge, part_figures, show
    from pellucid.cli.runs import model_path, record_of
    from pellucid.model.archive import load_model

    found = load_model(model_path(model))
    dataset = dataset_for(found, data, record_of(model), damaged)
    part = "test" if dataset.test is not None else "training" if found.table is None else "all"
    judged = judge(found, dataset, names_in(metric or []))
    if part == "all":
        tell(f"{data}: all {len(dataset.train):,} rows are judged")
    if as_json:
        say_json({"model": str(model), "data": data, **part_figures(judged, part)})
    else:
        show(judged, found, dataset, part)
