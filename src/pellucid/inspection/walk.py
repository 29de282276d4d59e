"""One example's way through a network and back, an equation a line, with the numbers plugged in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pellucid.equations.losses import natural_loss
from pellucid.equations.optimizers import SGD
from pellucid.errors import DataError, RecipeError
from pellucid.inspection import layouts
from pellucid.inspection.cells import cell
from pellucid.inspection.expressions import FORMATS
from pellucid.inspection.lines import Section, Statement
from pellucid.inspection.notation import Notation, notation_of
from pellucid.inspection.scene import DEEP, Scene, units_shown
from pellucid.inspection.trace import trace_at
from pellucid.inspection.traced import Trace
from pellucid.inspection.walk_backward import backward_sections
from pellucid.inspection.walk_forward import forward_sections
from pellucid.inspection.walk_update import batch_section, update_section
from pellucid.model.network import Network
from pellucid.plan.examples import as_examples, as_learnt, target_rows
from pellucid.plan.plan import compile_plan
from pellucid.plan.recipe import Method, Recipe

MOST = 100_000  # units or terms that are shown
LEGEND = (
    "δ = ∂C/∂z, ′ is a slope, log natural; of wide layers the units with the largest δ are shown, "
    "of long sums the largest terms, each with its index [i], and the sum of the others [n more]; "
    "numbers are rounded."
)
# In a shallow and in a deep network: terms of a long sum that are written out, digits of numbers.
TERMS, DIGITS = (3, 1), (4, 3)


@dataclass(frozen=True)
class Walk:
    """A walk through a network: sections of lines. Printing it shows it as text.

    Attributes
    ----------
    title : str
    notation : Notation
        How things are named; ``notation.stated`` says it in a sentence.
    sections : tuple of Section
        Each line's statements have their result in full precision, ``statement.value``.
    trace, batch : Trace
        Where the numbers are from, of the example and of the whole batch, in float64.
    """

    title: str
    notation: Notation
    sections: tuple[Section, ...]
    trace: Trace
    batch: Trace

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that is said to equal something."""
        lines = (line for section in self.sections for line in section.lines)
        return tuple(statement for line in lines for statement in line.statements)

    def value(self, name: str) -> float:
        """Return the number that a statement gives to a name, such as "δ_{0}^{(1)}"."""
        for statement in self.statements:
            if statement.parts[0] == name:
                return statement.value
        raise DataError(f"expected a name on the left of a line of this walk, got {name!r}.")

    def formatted(self, form: str = "text") -> str:
        """Return it as "text", "markdown", "latex" (a document) or "html" (a page)."""
        if form not in FORMATS:
            raise RecipeError(f"format: expected one of {', '.join(FORMATS)}, got {form!r}.")
        return layouts.LAYOUTS[form](self.title, f"{self.notation.stated} {LEGEND}", self.sections)

    def __str__(self) -> str:
        return self.formatted("text")

    def _repr_html_(self) -> str:
        return layouts.html_body(self.title, f"{self.notation.stated} {LEGEND}", self.sections)


def walk(
    network: Network,
    X: npt.ArrayLike,
    Y: npt.ArrayLike,
    *,
    row: int = 0,
    loss: str | None = None,
    optimizer: Method | None = None,
    recipe: Recipe | None = None,
    sample_weight: npt.ArrayLike | None = None,
    notation: str = "from_zero",
    units: int | None = None,
    terms: int | None = None,
    focus: Sequence[str] = (),
    digits: int | None = None,
) -> Walk:
    """Walk one example through `network` and back; then average over the batch and update.

    Parameters
    ----------
    network : Network
        Not changed.
    X, Y : the batch, as ``train`` takes it
    row : int
        The example to walk with.
    loss, optimizer : optional
        By default the loss whose link the output is, and ``SGD(0.1)``.
    recipe : Recipe, optional
        Says both, and penalties, clipping and the like.
    sample_weight : (n,), optional
    notation : str
        A row of ``pellucid.inspection.notation.NOTATIONS``: from_zero, from_one, sums, matrix.
    units : int, optional
        How many units of a wide layer to show, by default 2, in a deep network 1. Layers of up to
        4 units are shown whole.
    terms : int, optional
        How many terms of a long sum to write out, by default 3, in a deep network 1; the rest are
        summed.
    focus : sequence of str
        Names of units and weights to show in any case, such as "a_12^1".
    digits : int, optional
        Of the numbers shown, by default 4, in a deep network 3; those in ``statements`` have all.

    Returns
    -------
    Walk
        What is calculated in float64 and as for predicting: no dropout, and batch normalization
        with its running averages. Label smoothing and penalties of a recipe are included.

    Raises
    ------
    DataError, RecipeError

    Examples
    --------
    >>> import pellucid as pel
    >>> network = pel.Network(2, [pel.Dense(2, "sigmoid"), pel.Dense(1, "sigmoid")], seed=0)
    >>> walk = pel.walk(network, [[0, 1], [1, 1]], [[1], [0]], optimizer=pel.SGD(0.5))
    >>> len(walk.sections)
    8
    >>> walk.trace.P.shape, round(walk.value("a_{0}^{(2)}") - walk.trace.P.item(), 12)
    ((1, 1), 0.0)
    """
    architecture, named = network.architecture, notation_of(notation)
    for what, value, most in (
        ("units", units, MOST),
        ("terms", terms, MOST),
        ("digits", digits, 17),
    ):
        if value is not None and not (isinstance(value, int) and 1 <= value <= most):
            raise RecipeError(f"{what}: expected 1 to {most}, got {value}.")
    recipe = _recipe(network, loss, optimizer, recipe)
    examples = as_examples(architecture, recipe.loss, X, Y, sample_weight)
    whole = isinstance(row, int | np.integer)
    if not whole or not -len(examples) <= row < len(examples):
        raise DataError(f"row: expected a whole number from 0 to {len(examples) - 1}, got {row!r}.")
    row %= len(examples)
    plan = compile_plan(architecture, recipe, len(examples))
    rows = target_rows(examples.Y, architecture.n_outputs, np.float64)
    examples = replace(examples, Y=as_learnt(recipe, rows))
    weights = network.parameters.astype(np.float64), network.buffers.astype(np.float64)
    batch = trace_at(architecture, *weights, examples, recipe.loss, to_parameters=False)
    alone = replace(examples.take(np.array([row])), weights=None)
    one = trace_at(architecture, *weights, alone, recipe.loss, to_parameters=False)
    names = [focus] if isinstance(focus, str) else focus
    asked = tuple(cell(name, notation, architecture) for name in names)
    shown = units_shown(one, units, asked)
    deep = architecture.n_layers > DEEP
    scene = Scene(one, named, shown, asked, terms or TERMS[deep], digits or DIGITS[deep])
    with np.errstate(all="ignore"):
        sections = (
            *forward_sections(scene),
            *backward_sections(scene),
            update_section(scene, plan),
            batch_section(scene, plan, batch),
        )
    sizes = [architecture.n_inputs, *(layer.units for layer in architecture.layers)]
    title = f"Example {row} through {'-'.join(map(str, sizes))}"
    return Walk(title, named, sections, one, batch)


def _recipe(
    network: Network, loss: str | None, optimizer: Method | None, recipe: Recipe | None
) -> Recipe:
    if recipe is not None and (loss is not None or optimizer is not None):
        raise RecipeError("expected a recipe, or a loss and an optimizer, got both.")
    if recipe is not None:
        return replace(recipe, precision="float64")
    natural = natural_loss(network.architecture.layers[-1].activation)
    return Recipe(loss=loss or natural, optimizer=optimizer or SGD(0.1), precision="float64")
