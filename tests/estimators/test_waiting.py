"""Being told when a library is imported, in a fresh Python, so that no other import counts."""

import subprocess
import sys

import pytest


def said(script, folder):
    """What a program prints that finds its modules in a folder first."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{script}"],
        capture_output=True,
        text=True,
    )
    assert not done.stderr
    return done.stdout.split()


@pytest.fixture
def library(tmp_path):
    """A library with a part, which say when they are run."""
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "__init__.py").write_text("print('run')\n")
    (tmp_path / "library" / "part.py").write_text("print('part')\n")
    return tmp_path


WAIT = "from pellucid.estimators.waiting import once_imported\n"
TELL = "once_imported('library', lambda: print('told'))\n"


def test_it_is_told_after_the_import(library):
    assert said(WAIT + TELL + "print('before')\nimport library", library) == [
        "before",
        "run",
        "told",
    ]


def test_it_is_told_at_once_of_what_is_there(library):
    assert said(WAIT + "import library\n" + TELL, library) == ["run", "told"]


def test_importing_a_part_counts_and_a_second_import_does_not(library):
    script = WAIT + TELL + "import library.part\nimport library"
    assert said(script, library) == ["run", "told", "part"]


def test_several_may_wait(library):
    script = WAIT + "".join(f"once_imported('library', lambda: print({n}))\n" for n in range(3))
    found = said(script + "import library\n", library)
    assert found[0] == "run"
    assert sorted(found[1:]) == ["0", "1", "2"]


def test_to_look_for_it_is_not_to_import_it(library):
    script = WAIT + TELL + "from importlib.util import find_spec\nfound = find_spec('library')\n"
    assert said(script + "print(found.name)\nimport library", library) == [
        "library",
        "run",
        "told",
    ]


def test_what_is_not_there_is_still_not_there(tmp_path):
    script = (
        WAIT + TELL + "from importlib.util import find_spec\nprint(find_spec('library'))\n"
        "try:\n    import library\nexcept ImportError as problem:\n    print(problem.name)\n"
    )
    assert said(script, tmp_path) == ["None", "library"]


def test_what_cannot_be_had_is_not_waited_for_in_vain(library):
    script = "sys.modules['library'] = None\n" + WAIT + TELL + "del sys.modules['library']\n"
    assert said(script + "import library", library) == ["run", "told"]


def test_the_estimators_wait_without_importing_what_they_wait_for(tmp_path):
    script = (
        "from pellucid import MLPClassifier, MLPRegressor\n"
        "print(*({'onnx', 'skl2onnx'} & {name.split('.')[0] for name in sys.modules}))\n"
    )
    assert said(script, tmp_path) == []
