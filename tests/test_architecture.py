"""The shape of the house: one way to flow, small rooms, a test for every file, a true map."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
PACKAGE = HOUSE / "src" / "pellucid"
TESTS = HOUSE / "tests"

# A stage imports itself and the stages before it, never those after it.
FLOW = [
    *(
        "errors",
        "rows",
        "arrays",
        "files",
        "compiled",
        "equations",
        "data",
        "network",
        "plan",
        "engines",
    ),
    *("model", "training", "evaluation", "inspection", "views", "export", "estimators", "studio"),
    "cli",
]
LONGEST = 300  # lines
SCREEN = 60  # lines that an example stays below
FEWEST = 3  # modules in a room
# Guests that are slow to come in, and the rooms that may ask them in at once.
GUESTS = {
    "torch": {"export"},
    "pandas": set(),
    "pyarrow": set(),
    "matplotlib": {"views"},
    "sklearn": {"estimators"},
    "scipy": set(),
    "PIL": set(),
    "onnx": {"export"},
    "onnxruntime": set(),
    "skl2onnx": set(),
    "rich": {"cli"},
    "typer": {"cli"},
    "starlette": {"studio"},
    "uvicorn": {"studio"},
}

SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())
EXAMPLES = sorted((HOUSE / "examples").rglob("*.py"))
MAKING = sorted((HOUSE / "docs").rglob("*.py"))
NATIVE = sorted(
    path for path in (HOUSE / "native").rglob("*") if path.suffix in (".cpp", ".hpp", ".h", ".cc")
)


def name_of(path):
    return str(path.relative_to(HOUSE))


def stage_of(path):
    """The room of a source file, or its own name where it stands at the root."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(path, at_once=False):
    """Every dotted name a file imports; with `at_once` only what importing it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    waiting, found = [tree], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: modules are named in full"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not (at_once and (later or typing_only)):
            waiting += ast.iter_child_nodes(node)
    return found


def test_there_is_a_house():
    """The checks below look at something."""
    assert len(SOURCES) > 20
    assert {"equations", "network", "plan", "engines"} <= set(ROOMS)
    assert "pellucid.errors.DataError" in imports(PACKAGE / "arrays.py")


def test_every_stage_has_its_place_in_the_flow():
    stages = {stage_of(path) for path in SOURCES} - {"__init__", "__main__"}
    assert stages <= set(FLOW), f"name the place of {sorted(stages - set(FLOW))} in FLOW"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_flow_one_way(path):
    """Imports inside functions count too; only the root may import every stage."""
    stage = stage_of(path)
    if stage in ("__init__", "__main__"):
        return
    allowed = {*FLOW[: FLOW.index(stage) + 1], "_native"}
    for name in imports(path):
        if name in ("pellucid", "pellucid.__version__"):
            assert stage == FLOW[-1], f"{name_of(path)}: imports the root, which imports it"
            continue
        if not name.startswith("pellucid."):
            continue
        target = name.split(".")[1]
        assert target in allowed, f"{name_of(path)}: {stage} may not import {name}"
        assert target != "_native" or stage == "compiled", f"{name_of(path)}: only compiled may"


@pytest.mark.parametrize("path", [*SOURCES, *NATIVE, *MAKING], ids=name_of)
def test_no_file_is_long(path):
    n = len(path.read_text(encoding="utf-8").splitlines())
    assert n <= LONGEST, f"{name_of(path)} has {n} lines: divide it"


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_every_example_fits_a_screen_and_is_tested(path):
    """Its section's test runs it by its name, and looks at what it says."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < SCREEN, f"{name_of(path)}: say less, or make two of it"
    section = path.parent.name
    test = (TESTS / "examples" / f"test_{section}.py").read_text(encoding="utf-8")
    assert f"{section}/{path.stem}" in test, f"{name_of(path)} is not in its section's test"


@pytest.mark.parametrize(
    "path", [path for path in MAKING if path.parent.name == "making"], ids=name_of
)
def test_what_makes_the_site_is_tested(path):
    expected = TESTS / "docs" / f"test_{path.name}"
    assert expected.exists(), f"write {name_of(expected)}"


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_is_too_small(room):
    modules = [path.name for path in (PACKAGE / room).glob("*.py") if path.name != "__init__.py"]
    assert len(modules) >= FEWEST, f"{room} holds only {modules}: let them live elsewhere"


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.name != "__init__.py" and path != PACKAGE / "errors.py"],
    ids=name_of,
)
def test_every_file_has_its_test(path):
    """src/pellucid/room/file.py is tested by tests/room/test_file.py."""
    expected = TESTS / path.relative_to(PACKAGE).with_name(f"test_{path.name}")
    assert expected.exists(), f"write {name_of(expected)}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_slow_guests_are_asked_in_by_their_room_only(path):
    """`import pellucid` costs little more than `import numpy`."""
    for name in imports(path, at_once=True):
        guest = name.split(".")[0]
        assert stage_of(path) in GUESTS.get(guest, {stage_of(path)}), (
            f"{name_of(path)} imports {name} at once: import it inside the function that needs it"
        )


def test_no_public_name_brings_a_slow_guest():
    """In a fresh Python, so that no other test counts; two rooms may bring their guests."""
    code = (
        "import sys, pellucid as p; rooms = ('views', 'estimators'); "
        "[getattr(p, n) for n in p.__all__ if p._HOME[n].split('.')[1] not in rooms]; "
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "numpy" in loaded
    assert not loaded & set(GUESTS)


def test_the_public_names_are_sorted_and_there():
    """In the order that ruff keeps (RUF022): constants, classes, functions."""
    import pellucid

    names = pellucid.__all__
    assert len(set(names)) == len(names) > 10
    assert names == sorted(
        names, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    for name in names:
        assert getattr(pellucid, name) is not None
        assert not name.startswith("_")


def test_no_room_but_the_root_passes_names_on():
    """A name has one place: only the root re-exports."""
    for room in ROOMS:
        tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
        assert not [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def test_the_map_is_true():
    """The rooms between the markers in README.md are the rooms that exist, and all of them."""
    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    between = re.search(r"<!-- map -->(.*)<!-- /map -->", text, re.DOTALL)
    assert between, "README.md needs a map between <!-- map --> and <!-- /map -->"
    named = re.findall(r"^\s*([\w./-]+)/(?:\s|$)", between[1], re.MULTILINE)
    drawn = [name.split("/")[-1] for name in named]
    folders = {path.name for path in HOUSE.iterdir() if path.is_dir()}
    allowed = set(ROOMS) | folders | {"pellucid"}
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) >= set(ROOMS), f"the map lacks {sorted(set(ROOMS) - set(drawn))}"
    assert set(drawn) <= allowed, f"the map shows {sorted(set(drawn) - allowed)}, not there"


def test_every_test_of_another_library_is_marked():
    """So that `make test` needs none of them, and asking for the comparisons cannot skip one."""
    libraries = {"torch", "keras", "skorch", "onnx", "onnxruntime", "skl2onnx"}
    for path in sorted((TESTS / "peers").glob("test_*.py")):
        assert "pytestmark = pytest.mark.peers" in path.read_text(encoding="utf-8"), name_of(path)
    for path in sorted(TESTS.rglob("*.py")):
        assert not libraries & {name.split(".")[0] for name in imports(path, at_once=True)}
