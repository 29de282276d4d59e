import numpy as np
import pytest
from PIL import Image

from pellucid.data.images import write_picture
from pellucid.data.sources import load_data
from pellucid.model.archive import load_model


@pytest.fixture
def run(cli):
    return cli("train", "digits", "--epochs", "20", "--json").json["run"]


def test_a_picture_of_the_test_part_is_read(cli, run, tmp_path):
    model = load_model(tmp_path / run / "model.safetensors")
    test = load_data("digits").test
    for row in range(5):
        write_picture(test.X[row], model.image, tmp_path / f"{row}.png")
    done = cli("predict", run, *(f"{row}.png" for row in range(5)))
    assert done.code == 0
    answers = [line.split() for line in done.out.splitlines()]
    assert [answer[1] for answer in answers] == [str(code) for code in test.Y[:5]]
    assert all(answer[-1] == "%)" for answer in answers)
    assert "0.png: light ink on dark paper" in done.err


def test_a_picture_as_json(cli, run, tmp_path):
    model = load_model(tmp_path / run / "model.safetensors")
    test = load_data("digits").test
    write_picture(test.X[0], model.image, tmp_path / "a.png")
    (answer,) = cli("predict", run, "a.png", "--json").json["predictions"]
    P = model.network.predict(test.X[:1])[0]
    assert answer["input"] == "a.png"
    assert answer["text"] == str(P.argmax())
    assert answer["outputs"] == pytest.approx(P.tolist())
    assert answer["probability"] == max(answer["outputs"])


def test_the_test_part_of_a_data_set(cli, run):
    done = cli("predict", run, "digits")
    assert len(done.out.splitlines()) == 360
    assert done.out.startswith("digits[0]  ")
    assert "360 examples of the test part" in done.err
    assert len(cli("predict", run, "digits", "--json").json["predictions"]) == 360


def test_numbers_and_names_of_own_data(cli, tables):
    numbers = cli("train", "numbers.npz", "--json").json["run"]
    first = cli("predict", numbers, "numbers.npz").out.splitlines()[0].split()
    assert first[0] == "numbers.npz[0]"
    float(first[1])
    names = cli("train", "names.npz", "--json").json["run"]
    found = cli("predict", names, "names.npz", "--json").json["predictions"]
    assert {answer["text"] for answer in found} == {"large", "small"}


def test_quantiles_stand_beside_their_levels(cli, tables):
    arrays = dict(np.load(tables / "numbers.npz"))
    np.savez(tables / "two.npz", X=arrays["X"], Y=np.stack([arrays["Y"]] * 2, axis=1))
    run = cli("train", "two.npz", "--loss", "quantile:0.1,0.9", "--epochs", 1, "--json").json["run"]
    found = cli("predict", run, "two.npz", "--json").json
    assert found["levels"] == [0.1, 0.9]
    low, high, low_too, high_too = found["predictions"][0]["outputs"]
    line = cli("predict", run, "two.npz").out.splitlines()[0]
    said = f"0.1: {low:.6g}, {low_too:.6g}   0.9: {high:.6g}, {high_too:.6g}"
    assert line.split(maxsplit=1) == ["two.npz[0]", said]


def test_one_quantile_is_a_number_like_any_other(cli, tables):
    run = cli("train", "numbers.npz", "--loss", "quantile", "--epochs", 1, "--json").json["run"]
    assert "levels" not in cli("predict", run, "numbers.npz", "--json").json
    float(cli("predict", run, "numbers.npz").out.split()[1])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.png", None, "no such file"),
        ("text.png", b"hello", "text.png"),
        ("empty.png", b"", "empty.png"),
    ],
)
def test_pictures_that_cannot_be_read(cli, run, tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = cli("predict", run, name)
    assert (done.code, done.out) == (1, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_model_of_numbers_takes_no_pictures(cli, tables):
    run = cli("train", "numbers.npz", "--json").json["run"]
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tables / "a.png")
    done = cli("predict", run, "a.png")
    assert done.code == 1
    assert "this model was not trained on pictures" in done.err


def test_rows_of_another_width_are_refused(cli, run, tables):
    done = cli("predict", run, "numbers.npz")
    assert done.code == 1
    assert "expected 64 columns" in done.err
