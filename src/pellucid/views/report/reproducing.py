"""The part of a report about how to come by the same bits again."""

import json
import platform
from importlib.metadata import version

import numpy as np

from pellucid.network.architecture import to_readable_json
from pellucid.plan.recipe_json import to_json as recipe_to_json
from pellucid.views.report.page import Block, Code, Section, Table, Text
from pellucid.views.report.reported import Reported


def about_reproducing(told: Reported) -> Section:
    """Return commands, versions, and the whole of the plan as data."""
    run = told.run
    blocks: list[Block] = []
    if told.command:
        blocks += [Text("The same weights, to the last bit:"), Code(told.command)]
    blocks.append(
        Text(
            "Bits are the same for the same data, engine, instruction set and versions of the "
            "libraries, whatever the number of threads; runs that were stopped by time excepted."
        )
    )
    versions = (
        ("Pellucid", version("pellucid")),
        ("engine", run.engine),
        ("Python", platform.python_version()),
        ("NumPy", np.__version__),
        ("machine", f"{platform.system()} {platform.machine()}"),
        ("seed", str(run.plan.recipe.seed)),
        *_digests(told),
    )
    blocks.append(Table(("what", "which"), versions))
    blocks.append(Code(_json(to_readable_json(run.plan.architecture)), "The architecture"))
    blocks.append(Code(_json(recipe_to_json(run.plan.recipe)), "The recipe"))
    return Section("How to reproduce it", tuple(blocks))


def _digests(told: Reported) -> list[tuple[str, str]]:
    """Fingerprints of the parts that the run has seen, by which other data can be told."""
    parts = told.parts[: 1 if told.run.validation is None else 2]
    return [(f"{part.name} part, SHA-256", part.examples.fingerprint()) for part in parts]


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)
