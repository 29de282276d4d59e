"""Augmenting: by whom a distortion is decided, and that core and NumPy do the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.compiled import core
from pellucid.equations.augmenting import Augment, distorted, in_core, in_numpy
from pellucid.errors import DataError, RecipeError, UnsupportedError

try:
    SETS = core().instruction_sets()
except UnsupportedError:
    SETS = []
KINDS = (np.uint8, np.float32, np.float64)
EVERYTHING = Augment(
    (9, 8), shift=1.5, rotate=20.0, shear=10.0, scale=0.2, elastic=(2.0, 8.0), noise=0.05,
    flip=True, crop=2,
)  # fmt: skip
BOTH = [pytest.param("core", marks=pytest.mark.skipif(not SETS, reason="no core")), "numpy"]


def rows(augment, n=6, kind=np.uint8, seed=0):
    made = np.random.default_rng(seed).integers(0, 256, (n, augment.n_values))
    return (made if kind == np.uint8 else made / 255).astype(kind)


def seen(how, augment, X, examples, seed=0, epoch=0, threads=1):
    numbers = np.asarray(examples, np.int64)
    if how == "core":
        return in_core(augment, X, numbers, seed, epoch, threads, SETS[0])
    return in_numpy(augment, X, numbers, seed, epoch)


@st.composite
def augments(draw):
    """Draw any augmenting of pictures of up to 20 × 20, colours among them."""
    sides = draw(st.tuples(st.integers(1, 20), st.integers(1, 20)))
    size = max(sides)
    return Augment(
        sides + draw(st.sampled_from([(), (1,), (3,)])),
        shift=draw(st.sampled_from([0.0, 0.5, 1.0 * size])),
        rotate=draw(st.sampled_from([0.0, 10.0, 180.0])),
        shear=draw(st.sampled_from([0.0, 15.0, 60.0])),
        scale=draw(st.sampled_from([0.0, 0.2, 0.9])),
        elastic=draw(
            st.none() | st.tuples(st.sampled_from([0.3, 1.0, 4.0, 20.0]), st.floats(0, 50))
        ),
        noise=draw(st.sampled_from([0.0, 0.05, 1.0])),
        flip=draw(st.booleans()),
        crop=draw(st.integers(0, min(size, 4))),
        fill=draw(st.sampled_from(["paper", "edge"])),
    )


@pytest.mark.parametrize("set_", SETS)
@settings(derandomize=True, deadline=None, max_examples=150)
@given(augment=augments(), seed=st.integers(0, 2**64 - 1), epoch=st.integers(0, 2**40))
def test_the_core_does_what_numpy_does(set_, augment, seed, epoch):
    """In float64 to rounding; in float32 to its own; of grey levels nearly all, none by more than
    what a place that is off by rounding can do to pixels of 0 beside pixels of 255."""
    examples = np.array([0, 5, 2**62], np.int64)
    for kind, near in ((np.float64, 1e-9), (np.float32, 3e-4), (np.uint8, 1)):
        X = rows(augment, 3, kind)
        ours, theirs = (
            in_core(augment, X, examples, seed, epoch, 1, set_),
            in_numpy(augment, X, examples, seed, epoch),
        )
        assert ours.dtype == theirs.dtype == kind
        assert ours.shape == X.shape
        assert np.isfinite(ours).all()
        off = np.abs(ours.astype(float) - theirs.astype(float))
        assert off.max() <= near


@pytest.mark.parametrize("set_", SETS)
def test_grey_levels_are_the_same_but_for_one_in_a_thousand(set_):
    augment = Augment((28, 28), shift=2.0, rotate=15.0, scale=0.15, elastic=(4.0, 34.0), noise=0.05)
    X, examples = rows(augment, 200), np.arange(200)
    off = in_core(augment, X, examples, 1, 2, 1, set_) - in_numpy(
        augment, X, examples, 1, 2
    ).astype(int)
    assert np.abs(off).max() <= 1
    assert (off != 0).mean() < 1e-3


@pytest.mark.parametrize("how", BOTH)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_asked_for_changes_nothing(how, kind):
    for shape in ((3, 4), (4, 5, 3), (1, 1)):
        for fill in ("paper", "edge"):
            augment = Augment(shape, fill=fill)
            X = rows(augment, kind=kind)
            found = seen(how, augment, X, range(6))
            assert (found == X).all()
            assert found is not X
    bent = Augment((3, 4), elastic=(4.0, 0.0))  # through the whole machinery, but by nothing
    X = rows(bent, kind=kind)
    assert (seen(how, bent, X, range(6)) == X).all()


@pytest.mark.parametrize("how", BOTH)
def test_flips_half_of_the_pictures_and_nothing_else(how):
    augment = Augment((3, 5, 3), flip=True)
    X = rows(augment, 200)
    found = seen(how, augment, X, range(200)).reshape(200, 3, 5, 3)
    before = X.reshape(200, 3, 5, 3)
    flipped = (found == before[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (flipped | (found == before).all(axis=(1, 2, 3))).all()
    assert 60 < flipped.sum() < 140


@pytest.mark.parametrize("how", BOTH)
@pytest.mark.parametrize("fill", ["paper", "edge"])
def test_a_crop_is_a_window_of_the_padded_picture(how, fill):
    """Each of the 5 × 5 windows comes up, and nothing but these."""
    augment = Augment((4, 6), crop=2, fill=fill)
    X = rows(augment, 1)
    wide = np.pad(X.reshape(4, 6), 2, mode="edge" if fill == "edge" else "constant")
    windows = {wide[i : i + 4, j : j + 6].tobytes() for i in range(5) for j in range(5)}
    found = seen(how, augment, X.repeat(300, axis=0), range(300))
    assert {row.tobytes() for row in found} == windows


@pytest.mark.parametrize("how", BOTH)
def test_a_picture_depends_on_seed_epoch_and_number_alone(how):
    """Not on its place in a batch, the order, what else is there, or how many threads there are."""
    X, numbers = rows(EVERYTHING, 40), np.arange(40) * 7
    whole = seen(how, EVERYTHING, X, numbers, seed=3, epoch=4)
    order = np.random.default_rng(0).permutation(40)
    assert (seen(how, EVERYTHING, X[order], numbers[order], 3, 4) == whole[order]).all()
    assert (seen(how, EVERYTHING, X[5:6], numbers[5:6], 3, 4) == whole[5:6]).all()
    for threads in (2, 3, 64):
        assert (seen(how, EVERYTHING, X, numbers, 3, 4, threads) == whole).all()
    same = rows(EVERYTHING, 1).repeat(3, axis=0)
    for others in ({"epoch": 5}, {"seed": 4}, {"examples": [8, 15, 22]}):
        found = seen(
            how, EVERYTHING, same, **({"examples": [7, 14, 21], "seed": 3, "epoch": 4} | others)
        )
        first = seen(how, EVERYTHING, same, [7, 14, 21], 3, 4)
        assert (found != first).any(axis=1).all()
    assert len({row.tobytes() for row in first}) == 3


@pytest.mark.parametrize("how", BOTH)
def test_asking_for_one_thing_more_changes_none_of_the_others(how):
    """Each has random numbers of its own: with a flip, pictures are cut where they were."""
    X, examples = rows(Augment((6, 6)), 50), range(50)
    plain = seen(how, Augment((6, 6), crop=2), X, examples).reshape(50, 6, 6)
    mirrored = seen(how, Augment((6, 6), crop=2, flip=True), X, examples).reshape(50, 6, 6)
    turned = X.reshape(50, 6, 6)[:, :, ::-1].reshape(50, 36)
    of_mirrored = seen(how, Augment((6, 6), crop=2), turned, examples).reshape(50, 6, 6)
    flipped = (mirrored == of_mirrored).all(axis=(1, 2))
    assert (flipped | (mirrored == plain).all(axis=(1, 2))).all()
    assert 10 < flipped.sum() < 40


@pytest.mark.parametrize("how", BOTH)
def test_colours_move_together(how):
    """Three equal channels stay equal, and are what grey is."""
    grey = Augment((7, 9), rotate=30.0, elastic=(2.0, 10.0), shift=1.0, fill="edge")
    colour = Augment((7, 9, 3), rotate=30.0, elastic=(2.0, 10.0), shift=1.0, fill="edge")
    X = rows(grey, 5)
    found = seen(how, colour, np.repeat(X, 3, axis=1), range(5)).reshape(5, -1, 3)
    expected = seen(how, grey, X, range(5))
    for channel in range(3):
        assert (found[..., channel] == expected).all()


@pytest.mark.parametrize("how", BOTH)
def test_noise_has_its_deviation_and_stays_within_what_there_can_be(how):
    """Of the largest value: 255 and 1, or that which is said."""
    for kind, maximum, said in ((np.uint8, 255, None), (np.float64, 1, None), (np.float32, 16, 16)):
        augment = Augment((40, 40), noise=0.05, maximum=said)
        X = np.full((20, 1600), maximum // 2 if maximum > 1 else 0.5, kind)
        off = seen(how, augment, X, range(20)).astype(float) - X
        assert off.std() == pytest.approx(0.05 * maximum, rel=0.02)
        assert abs(off.mean()) < 6 * 0.05 * maximum / np.sqrt(off.size)
    strong = Augment((40, 40), noise=1.0)
    found = seen(how, strong, np.zeros((4, 1600)), range(4))
    assert (found.min(), found.max()) == (0, 1)
    assert (found == 0).mean() == pytest.approx(0.5, abs=0.05)
    outside = np.tile([-2.0, 3.0], (4, 800))
    found = seen(how, strong, outside, range(4))
    assert (found.min(), found.max()) == (-2, 3)


def test_the_ordinary_way_takes_whichever_is_there():
    X, examples = rows(EVERYTHING), np.arange(6)
    found = distorted(EVERYTHING, X, examples, 1, 2, threads=2)
    expected = seen("core" if SETS else "numpy", EVERYTHING, X, examples, 1, 2)
    assert (found == expected).all()
    empty = distorted(EVERYTHING, X[:0], examples[:0], 1, 2)
    assert empty.shape == (0, 72)
    read_only = X.copy()
    read_only.flags.writeable = False
    assert (distorted(EVERYTHING, read_only, examples, 1, 2) == expected).all()
    slanted = np.asfortranarray(X)
    assert (distorted(EVERYTHING, slanted, examples, 1, 2) == expected).all()


@pytest.mark.skipif(not SETS, reason="no core")
def test_large_pictures_go_through_the_core_in_blocks():
    """Wider than a panel of products, higher than a block of lines, wider than a stretch."""
    augment = Augment((150, 300), elastic=(5.0, 40.0), rotate=3.0)
    X = rows(augment, 2, np.float64)
    ours, theirs = (seen(how, augment, X, range(2)) for how in ("core", "numpy"))
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize(
    ("X", "examples", "message"),
    [
        (np.zeros((2, 5)), [0, 1], r"expected rows of 6 numbers, pictures of \(2, 3\)"),
        (np.zeros((2, 6), int), [0, 1], "of uint8, float32, float64; got int64"),
        (np.zeros(6), [0], "expected rows of 6 numbers"),
        (np.zeros((2, 6)), [0], "examples: expected 2 numbers"),
        (np.zeros((2, 6)), [0, -1], "of at least 0 as int64"),
        (np.zeros((2, 6)), [0.0, 1.0], "got float64"),
    ],
)
def test_rows_that_do_not_fit_are_refused(X, examples, message):
    with pytest.raises(DataError, match=message):
        distorted(Augment((2, 3)), X, np.array(examples), 0, 0)


@pytest.mark.skipif(not SETS, reason="no core")
def test_the_core_itself_refuses_what_would_lead_it_outside():
    good = {
        "height": 2, "width": 3, "channels": 1, "shift": 0.0, "rotate": 0.0, "shear": 0.0,
        "scale": 0.0, "flip": False, "crop": 0, "edge": False, "moves": True, "alpha": 1.0,
        "taps": np.ones(3), "deviation": 0.0, "maximum": 1.0, "quantiles": np.zeros(65536),
        "seed": 0, "epoch": 0, "threads": 1, "instruction_set": SETS[0],
    }  # fmt: skip
    X, examples = np.zeros((2, 6)), np.arange(2)
    core().distort(X, examples, np.empty_like(X), **good)
    for bad in (
        {"width": 4},
        {"height": 0, "width": 0},
        {"taps": np.ones(2)},
        {"taps": np.ones(7)},
        {"quantiles": np.zeros(3)},
        {"instruction_set": "none"},
    ):
        with pytest.raises(ValueError, match="expected|no instruction set"):
            core().distort(X, examples, np.empty_like(X), **good | bad)
    for out, numbers in ((np.empty((1, 6)), examples), (np.empty((2, 6)), np.arange(3))):
        with pytest.raises(ValueError, match="as many rows"):
            core().distort(X, numbers, out, **good)


ERRORS = {
    "shape": [(28, "height, width"), ((0, 3), "1 to 10000"), ((2, 3, 2), r"got \(2, 3, 2\)"),
              ((2.0, 3), "shape"), ((20000, 1), "shape")],
    "shift": [(-1, "shift: expected a number from 0 to 3, got -1"), (4, "to 3"), ("2", "got '2'")],
    "rotate": [(181, "rotate: expected a number from 0 to 180"), (float("nan"), "got nan")],
    "shear": [(90, "shear: expected a number from 0 to 80")],
    "scale": [(1, "scale: expected a number from 0 to 0.9"), (True, "got True")],
    "elastic": [(4, "elastic: expected two numbers, sigma and alpha"), ((0, 3), "above 0, got 0"),
                ((4,), r"got \(4,\)"), ((4, -1), "elastic alpha: expected"), ((1e9, 1), "sigma")],
    "noise": [(1.5, "noise: expected a number from 0 to 1")],
    "flip": [(1, "flip: expected True or False, got 1")],
    "crop": [(4, "crop: expected a whole number from 0 to 3, got 4"), (1.0, "1.0"), (-1, "crop")],
    "fill": [("white", "fill: expected one of paper, edge, got 'white'")],
    "maximum": [(0, "maximum: expected a number above 0, got 0"), ("1", "maximum")],
}  # fmt: skip


def test_every_entry_is_tried():
    assert set(ERRORS) == set(Augment.__dataclass_fields__)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [(name, *case) for name, cases in ERRORS.items() for case in cases],
)
def test_what_cannot_be_is_refused(name, value, message):
    with pytest.raises(RecipeError, match=message):
        Augment(**{"shape": (2, 3)} | {name: value})


def test_what_is_given_is_kept_in_one_form():
    made = Augment([2, 3, 3], shift=1, elastic=[4, 34], crop=np.int64(2))
    assert made == Augment((2, 3, 3), shift=1.0, elastic=(4.0, 34.0), crop=2)
    assert eval(repr(made)) == made
    assert (made.height, made.width, made.channels, made.n_values) == (2, 3, 3, 18)
    assert Augment((2, 3)).channels == 1
    assert not Augment((2, 3), noise=0.5).moves
