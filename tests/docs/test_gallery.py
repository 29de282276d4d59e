"""Examples stand in the order of reading, and none is forgotten."""

from docs.making.gallery import SECTIONS, example_order, section_order
from docs.making.links import HOUSE

EXAMPLES = HOUSE / "examples"


def test_every_example_has_its_place():
    there = {folder.name: {path.stem for path in folder.glob("*.py")} for folder in folders()}
    assert {section: set(stems) for section, stems in SECTIONS.items()} == there


def folders():
    return [path for path in EXAMPLES.iterdir() if (path / "GALLERY_HEADER.rst").exists()]


def test_no_name_stands_in_two_sections():
    stems = [stem for stems in SECTIONS.values() for stem in stems]
    assert len(set(stems)) == len(stems)


def test_the_order():
    found = sorted(["zebra", "memory", "aardvark", "neurons"], key=section_order)
    assert found == ["neurons", "memory", "aardvark", "zebra"]
    found = sorted(["zebra.py", "why_a_bias.py", "aardvark.py", "one_neuron.py"], key=example_order)
    assert found == ["one_neuron.py", "why_a_bias.py", "aardvark.py", "zebra.py"]
