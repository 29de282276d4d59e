import pytest

from pellucid.equations.activations import ACTIVATIONS
from pellucid.equations.initial import INITIALS
from pellucid.equations.losses import LOSSES
from pellucid.equations.metrics import METRICS
from pellucid.equations.normalization import NORMS
from pellucid.equations.optimizers import OPTIMIZERS
from pellucid.equations.penalties import PENALTIES
from pellucid.equations.schedules import SCHEDULES
from pellucid.equations.solvers import SOLVERS

TABLES = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "solvers": SOLVERS,
    "schedules": SCHEDULES,
    "initials": INITIALS,
    "norms": {name: row for name, row in NORMS.items() if row is not None},
    "penalties": PENALTIES,
    "metrics": METRICS,
}


def test_without_names_everything_is_listed(cli):
    done = cli("formulas")
    assert (done.code, done.err) == (0, "")
    words = done.out.replace(",", " ").split()
    assert set(words) == set(TABLES).union(*TABLES.values())
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize("table", TABLES)
def test_a_table_tells_formula_and_source_of_every_row(cli, table):
    out = cli("formulas", table).out
    assert out.startswith(f"{table}\n")
    assert max(map(len, out.splitlines())) <= 80
    said = " ".join(out.split())
    for name, row in TABLES[table].items():
        assert f" {name} {' '.join(row.formula.split())}" in said
        assert " ".join(row.source.split()) in said


def test_a_name_is_shown_wherever_it_is(cli):
    lines = cli("formulas", "step", "adam").out.splitlines()
    assert [line for line in lines if line and line[0] != " "] == [
        "activations",
        "optimizers",
        "schedules",
    ]
    assert "        numbers: learning_rate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-08" in lines
    assert "         numbers: start, factor 0.1, steps, epochs" not in lines
    assert "        numbers: start, factor 0.1, steps, epochs" in lines


def test_tables_and_names_as_json(cli):
    found = cli("formulas", "--json").json
    assert {table: set(rows) for table, rows in found.items()} == {
        table: set(rows) for table, rows in TABLES.items()
    }
    adam = cli("formulas", "adam", "--json").json
    assert adam == {"optimizers": {"adam": found["optimizers"]["adam"]}}
    assert adam["optimizers"]["adam"]["numbers"]["beta1"] == 0.9
    assert found["losses"]["quantile"]["numbers"] == [0.5]
    assert found["activations"]["tanh"]["derivative"] == "1 − a²"


def test_an_unknown_name_is_refused(cli):
    done = cli("formulas", "adam", "magic")
    assert (done.code, done.out) == (2, "")
    assert "'magic' is not known. Expected any of activations, " in done.err
