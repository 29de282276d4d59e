"""A page is made of data, holds all it needs, and says nothing that was not said to it."""

import pytest

from pellucid.views.report.page import (
    Code,
    Notice,
    Page,
    Pictures,
    Section,
    Table,
    Text,
    html,
    picture,
)
from pellucid.views.style import THEMES
from tests.views.report.reading import Read, is_offline

HOSTILE = '<script>alert(1)</script> & "quoted" {{ 7 * 7 }} {% raw %} \''


def drawn(pixels=False, caption="a line"):
    return picture(
        lambda f, theme: f.add_subplot().plot([0, 1]), caption, (2.0, 1.0), pixels=pixels
    )


def page(*blocks, title="t"):
    return Page(title, "lead", (("1", "what"),), (Section("One section", blocks),), "foot")


def test_every_kind_of_block_is_shown():
    made = html(
        page(
            Text("a paragraph"),
            Code("x = 1"),
            Code("y = 2", "more"),
            Table(("name", "count"), (("a", "1,234"), ("b", "−5.0 %")), "a caption"),
            drawn(),
            Pictures((drawn(True, "one"), drawn(True, "two"))),
            Notice("dead units", "evidence", (("Python", "he"),), "fault"),
        )
    )
    read = Read(made)
    assert read.titles == ["t", "One section"]
    for text in ("a paragraph", "x = 1", "y = 2", "more", "a caption", "dead units", "he", "foot"):
        assert text in read.text
    assert read.cells == ["name", "count", "a", "1,234", "b", "−5.0 %"]
    assert read.alts == ["a line", "one", "two"]
    assert [kind for kind, _ in read.pictures] == ["svg+xml"] * 2 + ["png"] * 4
    assert is_offline(read)


def test_what_is_said_is_text_and_nothing_else():
    """Class names come from files: they must not become tags, scripts or templates."""
    blocks = (
        Text(HOSTILE),
        Code(HOSTILE, HOSTILE),
        Table((HOSTILE,), ((HOSTILE,),), HOSTILE),
        drawn(caption=HOSTILE),
        Notice(HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),), "fault"),
    )
    read = Read(html(page(*blocks, title=HOSTILE)))
    assert is_offline(read)
    assert read.titles[0] == HOSTILE
    assert read.alts == [HOSTILE]
    assert read.text.count(" ".join(HOSTILE.split())) >= 10


def test_the_table_of_contents_leads_to_every_section():
    sections = (Section("One thing, and more", ()), Section("Two", ()))
    read = Read(html(Page("t", "", (), sections, "")))
    assert [a for a in read.addresses if a.startswith("#")] == ["#one-thing--and-more", "#two"]
    assert {"one-thing--and-more", "two"} <= read.anchors


@pytest.mark.parametrize(
    ("cells", "is_number"),
    [
        (("1", "2.5"), True),
        (("1,234", "–"), True),
        (("97.2 %", "−3e-05"), True),
        (("1", "two"), False),
        (("a",), False),
    ],
)
def test_columns_of_numbers_stand_to_the_right(cells, is_number):
    assert Table(("x",), tuple((cell,) for cell in cells)).numeric == (is_number,)


def test_pictures_come_in_both_themes_and_the_same_each_time():
    one, other = drawn(), drawn()
    assert one == other
    assert one.light != one.dark
    seen = []
    picture(lambda figure, theme: seen.append((theme, figure.get_facecolor())), "", (1, 1))
    assert [theme for theme, _ in seen] == list(THEMES)
