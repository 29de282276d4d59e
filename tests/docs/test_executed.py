"""Pages are carried out block by block, and what comes out stands below each."""

import re

import pytest
from PIL import Image

from docs.making.executed import blocks, execute, results

PAGE = """\
# A page

```python
a = 6
print(a * 7)
```

Words in between.

```python
from matplotlib import pyplot as plt

plt.plot([a])
plt.title("a line")
```

```text
print("this is not carried out")
```

```sh
echo out; echo err >&2; test -d . && touch made
ls
```
"""


def test_what_is_printed_and_drawn_stands_below_its_block(tmp_path):
    text = execute(PAGE, "folder/page", tmp_path / "drawn")
    assert (
        re.sub(r"\n(````\{code-block\}.*?````|```\{image\}.*?```)\n", "", text, flags=re.S) == PAGE
    )
    first, second, third = (
        text.split("Words in between.")[0],
        *text.split("this is not carried out"),
    )
    assert first.endswith(
        "print(a * 7)\n```\n\n````{code-block} text\n:class: output\n\n42\n````\n\n"
    )
    assert "/drawn/folder-page-1.png\n:alt: a line\n:width: 640px\n" in second
    assert third.endswith("```\n\n````{code-block} text\n:class: output\n\nout\nmade\n````\n")
    with Image.open(tmp_path / "drawn" / "folder-page-1.png") as picture:
        assert picture.size == (1280, 960)  # twice as many dots as the page shows


def test_blocks_share_variables_and_leave_nothing_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    variables = {}
    found = list(results(PAGE, "page", variables))
    assert [result.block.language for result in found] == ["python", "python", "sh"]
    assert variables["a"] == 6
    assert list(tmp_path.iterdir()) == []


def test_an_error_names_the_page_and_the_line():
    with pytest.raises(ZeroDivisionError) as problem:
        list(results("# Title\n\nWords\n\n```python\na = 1\n1 / 0\n```\n", "folder/page", {}))
    last = problem.traceback[-1]
    assert (str(last.path).endswith("folder/page.md"), last.lineno + 1) == (True, 7)


def test_a_command_that_fails_is_an_error():
    with pytest.raises(RuntimeError, match="no such thing"):
        list(results("```sh\necho no such thing >&2; false\ntrue\n```\n", "page", {}))


def test_commands_are_those_of_this_environment():
    (result,) = results("```sh\npellucid formulas sgd\n```\n", "page", {})
    assert "p ← p − η g" in result.printed


def test_only_python_and_sh_are_carried_out():
    assert [block.code for block in blocks("```text\na\n```\n```python\nb\n```\n")] == ["b\n"]
