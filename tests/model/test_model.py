import numpy as np
import pandas as pd
import pytest

from pellucid import ArchitectureError, DataError, Dense, Model, Network, RecipeError
from pellucid.data.columns import as_table, columns_of, read
from pellucid.data.dataset import ImageFormat
from pellucid.data.encode import fit_encoding
from pellucid.data.table_format import TableFormat


def fixed(activation, biases):
    """A network that answers the same whatever comes."""
    network = Network(1, [Dense(len(biases), activation)], precision="float64")
    network.weights[1] = np.zeros((1, len(biases)))
    network.biases[1] = biases
    return network


def test_of_several_outputs_the_largest_names_the_class():
    model = Model(fixed("softmax", [0.0, np.log(3.0)]), ("cat", "dog"))
    answer = model.answers(np.zeros((1, 1)))[0]
    assert answer.text == "dog"
    assert answer.probability == pytest.approx(0.75)
    assert answer.outputs == pytest.approx((0.25, 0.75))


@pytest.mark.parametrize(("bias", "text"), [(np.log(3.0), "yes"), (-np.log(3.0), "no"), (0, "yes")])
def test_a_single_output_tells_two_classes_apart(bias, text):
    answer = Model(fixed("sigmoid", [bias]), ("no", "yes")).answers(np.zeros((1, 1)))[0]
    assert answer.text == text
    assert answer.probability == pytest.approx(0.75 if bias else 0.5)


def test_outputs_that_are_no_probabilities_have_none():
    answer = Model(fixed("identity", [5.0, -1.0]), ("a", "b")).answers(np.zeros((1, 1)))[0]
    assert answer == ("a", None, (5.0, -1.0))


def test_without_classes_the_numbers_are_the_answer():
    answers = Model(fixed("identity", [1.5, -2.25])).answers(np.zeros((2, 1)))
    assert [answer.text for answer in answers] == ["1.5, -2.25"] * 2
    assert answers[0].probability is None


@pytest.mark.parametrize(
    ("network", "classes"),
    [(fixed("softmax", [0, 0]), ("a",)), (fixed("sigmoid", [0]), ("a",))],
)
def test_there_is_a_name_for_each_class(network, classes):
    with pytest.raises(ArchitectureError, match="expected 2 class names, one for each output"):
        Model(network, classes)


def test_pictures_have_as_many_pixels_as_the_network_has_inputs():
    with pytest.raises(ArchitectureError, match="expected pictures of 1 numbers.*got 2 × 2"):
        Model(fixed("softmax", [0, 0]), image=ImageFormat(2, 2))


def test_an_unknown_loss_is_refused():
    with pytest.raises(RecipeError, match="expected one of half_sse"):
        Model(fixed("softmax", [0, 0]), loss="entropy")


def test_a_model_of_a_table_takes_frames_and_says_what_is_new():
    frame = pd.DataFrame({"age": [1.0, 2, 3], "town": ["a", "b", "a"]})
    columns = columns_of(frame)
    table = TableFormat(fit_encoding(columns, read(frame, columns)), ("y",), "classes")
    model = Model(Network(3, [Dense(2, "softmax")]), ("no", "yes"), table=table)
    expected = model.predict(table.inputs(as_table(frame)))
    assert model.predict(frame[["town", "age"]]).tolist() == expected.tolist()
    with pytest.warns(UserWarning, match="column 'town': 'c' not seen in training"):
        model.predict(frame.assign(town="c"))
    for wrong in (frame["age"], [{"age": 1}], frame.to_numpy()):
        with pytest.raises(DataError, match="expected a frame with the columns 'age', 'town'"):
            model.predict(wrong)
