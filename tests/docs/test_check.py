"""The finished site is looked through: broken links, missing anchors, things from elsewhere."""

import pytest

from docs.making.check import main, problems

GOOD = '<a id="top" href="b.html#there">b</a><img src="p.png" srcset="p.png 1x, p.png 2x">'


@pytest.fixture
def site(tmp_path):
    (tmp_path / "a.html").write_text(GOOD)
    (tmp_path / "b.html").write_text('<h1 id="there"></h1><a href="https://example.org/x">x</a>')
    (tmp_path / "p.png").write_bytes(b"")
    return tmp_path


def test_a_site_without_faults(site, capsys):
    assert main(str(site)) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('<a href="c.html">', "c.html, which is not there"),
        ('<a href="b.html#nowhere">', "b.html#nowhere, which is not there"),
        ('<a href="#nowhere">', "#nowhere, which is not there"),
        ('<img src="q.png">', "q.png, which is not there"),
        ('<img srcset="p.png, r.png 2x">', "r.png, which is not there"),
        ('<script src="https://example.org/s.js">', "https://example.org/s.js, which is elsewhere"),
        ('<link href="//example.org/s.css">', "//example.org/s.css, which is elsewhere"),
    ],
)
def test_each_fault_is_named_with_its_page(site, written, said, capsys):
    (site / "d.html").write_text(written)
    (problem,) = problems(site)
    assert problem.startswith("d.html ")
    assert problem.endswith(said)
    assert main(str(site)) == 1
    assert said in capsys.readouterr().out


def test_a_link_to_a_folder_is_one_to_its_index(site):
    (site / "folder").mkdir()
    (site / "e.html").write_text('<a href="folder/">f</a>')
    assert len(list(problems(site))) == 1
    (site / "folder" / "index.html").write_text("")
    assert list(problems(site)) == []
