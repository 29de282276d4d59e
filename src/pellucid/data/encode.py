"""From the columns of a table to the inputs of a network, as plain data that can be kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.arrays import Array, Inputs, SparseRows
from pellucid.data.columns import Column

MOST = 100  # categories of a column that have an input of their own
TAME = 3.0  # spreads from the middle, beyond which numbers are drawn in
FAR = 1e100  # spreads from the middle: the square is finite, and drawing in is done with
HUGE = 1e307  # so that differences are finite
ONE_SIZE = 10.0  # the largest spread by the smallest, up to which columns may be of one unit
NAMES = 20  # rows from which a text that is another one in each of them is a name, no category
BLOCK = 4096  # rows that are worked out at the same time
SPARSE = 0.3  # share of inputs that are not 0, below which the others are not kept
WIDE = 64  # inputs from which that is worth it


@dataclass(frozen=True)
class Encoding:
    """How each column of a table becomes inputs: numbers scaled, categories one input each.

    A number x becomes z = (x − center) / spread, drawn in where it is far out: z / √(1 + (z/3)²)
    (Holzmüller, Grinsztajn and Steinwart 2024). Where numbers were missing an input says so, and
    the number is taken for the center. What is missing of a category, or was not there when this
    was fitted, has 0 in all of its inputs.

    Attributes
    ----------
    columns : tuple of Column
    numbers : tuple of int
        Places of the columns of numbers that vary.
    center, spread : tuple of float
        Of these.
    missing : tuple of int
        Places of those where some were missing.
    categories : tuple of (int, tuple of int)
        Places of the other columns, each with the places of the values that have an input.
    """

    columns: tuple[Column, ...]
    numbers: tuple[int, ...]
    center: tuple[float, ...]
    spread: tuple[float, ...]
    missing: tuple[int, ...]
    categories: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What each input is."""
        name = [column.name for column in self.columns]
        found = [name[j] for j in self.numbers] + [f"{name[j]} is missing" for j in self.missing]
        for j, places in self.categories:
            values = self.columns[j].values or ()
            found += [f"{name[j]} = {values[place]}" for place in places]
        return tuple(found)

    @property
    def n_inputs(self) -> int:
        """How many inputs there are: at least one, since a network has to have it."""
        ones = sum(len(places) for _, places in self.categories)
        return max(len(self.numbers) + len(self.missing) + ones, 1)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that no input comes from: they say nothing, or something else in each row."""
        used = {*self.numbers, *self.missing, *(j for j, _ in self.categories)}
        return tuple(c.name for j, c in enumerate(self.columns) if j not in used)

    def apply(self, rows: Array) -> Array:
        """Return the inputs, float32 (n, n_inputs), of what ``read`` makes of a table."""
        inputs = np.zeros((len(rows), self.n_inputs), np.float32)
        for begin in range(0, len(rows), BLOCK):  # float64 takes memory
            found = np.hstack(self._inputs_of(rows[begin : begin + BLOCK]))
            inputs[begin : begin + BLOCK, : found.shape[1]] = found
        return inputs

    @property
    def is_sparse(self) -> bool:
        """Whether most inputs of a row are 0: those of all the categories that it is not."""
        lit = len(self.numbers) + len(self.categories)
        return self.n_inputs >= WIDE and lit < SPARSE * self.n_inputs

    def inputs(self, rows: Array) -> Inputs:
        """Return the same as ``apply``; without the zeros, where most are."""
        if not self.is_sparse:
            return self.apply(rows)
        pieces = [
            _without_zeros(self.apply(rows[i : i + BLOCK])) for i in range(0, len(rows), BLOCK)
        ]
        values, columns, counts = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return SparseRows(values, columns, begins, self.n_inputs)

    def _inputs_of(self, rows: Array) -> list[Array]:
        numbers = rows[:, list(self.numbers)].astype(np.float64)
        with np.errstate(over="ignore"):
            z = (numbers - np.array(self.center)) / np.array(self.spread)
        z = np.clip(z, -FAR, FAR)
        z = np.where(np.isnan(z), 0.0, z / np.hypot(1.0, z / TAME))
        missing = np.isnan(rows[:, list(self.missing)])
        ones = [rows[:, [j]] == np.array(places) for j, places in self.categories]
        return [z, missing, *ones]


@dataclass(frozen=True)
class Raw:
    """Columns of numbers that are inputs as they are: the pixels of pictures."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What each input is."""
        return tuple(column.name for column in self.columns)

    @property
    def n_inputs(self) -> int:
        """How many inputs there are."""
        return len(self.columns)

    def inputs(self, rows: Array) -> Inputs:
        """Return the inputs, uint8 or float64, of what ``read`` makes of a table."""
        return np.ascontiguousarray(rows)


def _without_zeros(inputs: Array) -> tuple[Array, Array, Array]:
    """Values, their columns, and how many each row has."""
    rows, columns = np.nonzero(inputs)
    counts = np.bincount(rows, minlength=len(inputs)).astype(np.int64)
    return inputs[rows, columns], columns.astype(np.int32), counts


def fit_encoding(columns: Sequence[Column], rows: Array) -> Encoding:
    """Return how to encode columns, from what ``read`` made of the training part.

    The center of numbers is their median; the spread is that between their quartiles or, where
    these are equal, the standard deviation; where all are about as wide, they are evened out by
    half only. Of a column with many categories the most frequent
    have an input, and texts that name the rows have none.
    """
    n = len(rows)
    numbers, missing, categories = [], [], []
    centers, spreads = [], []
    for j, column in enumerate(columns):
        cells = rows[:, j].astype(np.float64)
        there = cells[~np.isnan(cells)]
        if column.values is not None:
            places = _places_of(there, n)
            categories += [(j, places)] if places else []
            continue
        if 0 < len(there) < n:
            missing.append(j)
        if len(there) and there.min() < there.max():
            center, spread = _center_and_spread(there)
            numbers.append(j)
            centers.append(center)
            spreads.append(spread)
    return Encoding(
        tuple(columns),
        tuple(numbers),
        tuple(centers),
        _alike(spreads),
        tuple(missing),
        tuple(categories),
    )


def _alike(spreads: list[float]) -> tuple[float, ...]:
    """Where all numbers spread about as far as each other, keep half of how they differ.

    They are often lengths in one unit, or pixels, and those that hardly vary are mostly noise. The
    geometric mean of no scaling and a whole one is called Pareto scaling (van den Berg and others
    2006); it does not depend on the unit.
    """
    s = np.array(spreads)
    if len(s) < 2 or s.max() > ONE_SIZE * s.min():
        return tuple(spreads)
    middle = s.max() * np.sqrt(np.mean((s / s.max()) ** 2))
    return tuple(float(x) for x in middle * np.sqrt(s / middle))


def _center_and_spread(numbers: Array) -> tuple[float, float]:
    tame = np.clip(numbers, -HUGE, HUGE)
    low, first, third, high = np.quantile(tame, [0, 0.25, 0.75, 1])
    size = max(abs(low), abs(high))  # by which squares stay finite
    spread = third - first or (tame / size).std() * size or high - low
    return float(np.median(tame)), float(spread)  # scikit-learn's RobustScaler has the same


def _places_of(places: Array, n: int) -> tuple[int, ...]:
    """The categories that have an input: the most frequent; none where they tell nothing apart."""
    found, counts = np.unique(places.astype(np.int64), return_counts=True)
    constant = len(found) < 2 and len(places) in (0, n)
    if constant or _are_names(len(found), places, n):
        return ()
    most = np.sort(np.argsort(-counts, kind="stable")[:MOST])
    return tuple(int(found[i]) for i in most)


def _are_names(n_found: int, places: Array, n: int) -> bool:
    """Whether texts name the rows: each has its own, or they are many and most have."""
    return n_found == len(places) >= NAMES or (n_found > MOST and 2 * n_found > n)
