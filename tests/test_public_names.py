import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import pellucid

SOURCE = ast.parse(Path(pellucid.__file__).read_text())


def type_checking_imports():
    """What the package says to type checkers: home → names."""
    block = next(node for node in SOURCE.body if isinstance(node, ast.If))
    return {node.module: tuple(alias.name for alias in node.names) for node in block.body}


def test_the_names_are_sorted_as_ruff_sorts_them():
    """Constants, then classes, then the rest."""
    kinds = [0 if name.isupper() else 1 if name[0].isupper() else 2 for name in pellucid.__all__]
    assert list(zip(kinds, pellucid.__all__, strict=True)) == sorted(
        zip(kinds, pellucid.__all__, strict=True)
    )
    assert len(set(pellucid.__all__)) == len(pellucid.__all__)


@pytest.mark.parametrize("name", pellucid.__all__)
def test_every_name_can_be_had_and_is_explained(name):
    value = getattr(pellucid, name)
    assert value.__name__ == name
    assert value.__doc__
    assert value is getattr(pellucid, name)


def test_type_checkers_see_the_same_names_from_the_same_homes():
    told = {home: set(names) for home, names in type_checking_imports().items()}
    assert told == {home: set(names.split()) for home, names in pellucid._HOMES.items()}
    assert sorted(name for names in told.values() for name in names) == sorted(pellucid.__all__)


def test_dir_lists_them():
    assert set(pellucid.__all__) <= set(dir(pellucid))
    assert dir(pellucid) == sorted(dir(pellucid))


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="module 'pellucid' has no attribute 'nonsense'"):
        _ = pellucid.nonsense
    with pytest.raises(ImportError, match="nonsense"):
        from pellucid import nonsense  # noqa: F401


def test_a_star_brings_them_all():
    names = {}
    exec("from pellucid import *", names)
    assert set(pellucid.__all__) <= set(names)


@pytest.mark.parametrize(
    ("library", "name"), [("matplotlib", "plot_ink"), ("jinja2", "write_report")]
)
def test_without_pictures_all_names_can_be_had_and_say_what_is_missing(library, name):
    script = (
        f"import sys; sys.modules['{library}'] = None\n"  # Python's way to say: not to be had
        "from pellucid import *\n"
        "try:\n"
        f"    {name}(1, 2, ax=3)\n"
        "except UnsupportedError as problem:\n"
        "    print(problem)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == (
        f"{name}: expected {library}, which pictures need and which is not installed. "
        "Install it with: pip install 'pellucid[figures]'\n"
    )


def test_importing_the_package_imports_nothing_else():
    script = (
        "import sys, pellucid; dir(pellucid); "
        "print([m for m in sys.modules if m.split('.')[0] in ('numpy', 'sklearn', 'typer')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_predicting_imports_no_scikit_learn():
    script = (
        "import sys, pellucid as pel; pel.Network(1, [pel.Dense(1)]).predict([[0]]); "
        "print('sklearn' in sys.modules, 'typer' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False False\n", "")


MODULES = [
    info.name
    for info in pkgutil.walk_packages(pellucid.__path__, "pellucid.")
    if not info.name.startswith("pellucid._")
]


def test_the_examples_in_the_text_are_true():
    tried = 0
    for name in ["pellucid", *MODULES]:
        found = doctest.testmod(importlib.import_module(name))
        assert found.failed == 0, name
        tried += found.attempted
    assert tried > 10
