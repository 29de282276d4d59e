"""A data set: a part to train on, a part to test on, and what its numbers mean.

How files become a ``Dataset`` is decided in the readers beside this file.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pellucid.arrays import Array, SparseRows
from pellucid.errors import DataError
from pellucid.rows import StoredRows

if TYPE_CHECKING:
    from pellucid.data.split import Holding
    from pellucid.data.table_format import TableFormat


@dataclass(frozen=True, eq=False)
class Part:
    """Examples that belong together, one in each row.

    Parameters
    ----------
    X : Array, SparseRows or StoredRows, shape (n, d)
        uint8, float32 or float64, C-contiguous; may be read-only, and may stay in files.
    Y : Array, shape (n,) or (n, m)
        Class codes from 0 as int32, shape (n,); or numbers as floats, shape (n, m).

    Raises
    ------
    DataError
        Arrays of other shapes or types, or of different lengths.
    """

    X: Any  # an array for nearly all; X[:] is one always
    Y: Array

    def __post_init__(self) -> None:
        X, Y = self.X, self.Y
        if len(X.shape) != 2 or X.dtype not in (np.uint8, np.float32, np.float64):
            raise DataError(f"X: expected rows of uint8 or floats, got {X.dtype} of {X.shape}.")
        if not isinstance(X, SparseRows | StoredRows) and not X.flags.c_contiguous:
            raise DataError("X: expected rows that lie one after the other in memory (C order).")
        codes = Y.ndim == 1 and Y.dtype == np.int32
        if not codes and not (Y.ndim == 2 and Y.dtype in (np.float32, np.float64)):
            raise DataError(
                "Y: expected int32 codes of shape (n,) or floats of shape (n, m), "
                f"got {Y.dtype} of {Y.shape}."
            )
        if len(X) != len(Y):
            raise DataError(f"expected one Y for each X, got {len(X)} rows of X, {len(Y)} of Y.")

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.X)


@dataclass(frozen=True)
class ImageFormat:
    """How the pictures of a data set are laid out.

    Parameters
    ----------
    height, width : int
        Pixels; a row of X holds the picture line by line, and of each pixel all channels.
    maximum : int
        The largest value a pixel can have: 255, or 16 in scikit-learn's digits.
    centring : {"mass", "box", "whole"}
        "mass" and "box" are for ink, which is large, on paper, which is 0. "mass": as in MNIST,
        the ink fills 20/28 of the picture and its centre of mass lies in the middle. "box": the
        ink's bounding box fills the picture. "whole": a photograph, taken as it is.
    channels : {1, 3}
        Grey, or red, green and blue.
    """

    height: int
    width: int
    maximum: int = 255
    centring: Literal["mass", "box", "whole"] = "mass"
    channels: Literal[1, 3] = 1

    @property
    def n_values(self) -> int:
        """How many numbers a picture is."""
        return self.height * self.width * self.channels

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a picture as an array: (height, width), and 3 colours where there are."""
        grey = self.height, self.width
        return grey if self.channels == 1 else (*grey, self.channels)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set, with what a reader of its results needs to know.

    Parameters
    ----------
    name : str
        The name or the file it was asked for by.
    train, test : Part
        The test part is for the last judgement only; None where the data were too few.
    classes : tuple of str, optional
        The name of each class code; None where Y holds numbers (regression).
    image : ImageFormat, optional
        How a row becomes a picture, if it is one.
    source : str
        One sentence: where the data come from and how the test part was made.
    table : TableFormat, optional
        How the columns of a table became inputs.
    holding : Holding, optional
        By what a part of the training part is held out, where not by lot alone; of rows in files,
        where not by whole chunks.
    validation : Part, optional
        To judge each epoch by, where the data bring such a part.
    """

    name: str
    train: Part
    test: Part | None
    classes: tuple[str, ...] | None
    image: ImageFormat | None
    source: str
    table: "TableFormat | None" = None
    holding: "Holding | None" = None
    validation: Part | None = None

    @property
    def scale(self) -> float:
        """The factor that brings the inputs of pictures to 0 … 1; otherwise 1."""
        return 1.0 / self.image.maximum if self.image else 1.0
