"""The page of errata: each entry is complete and shown by scripts, which are named as they are."""

import re

from tests.examples.running import EXAMPLES

PAGE = (EXAMPLES.parent / "docs" / "errata.md").read_text(encoding="utf-8")
ENTRIES = re.split(r"^###? ", PAGE, flags=re.MULTILINE)[1:]
LINK = re.compile(r"\[([^\]]+)\]\(\.\./examples/([\w/]+)\.py\)")


def titles(entry):
    shown = entry.split("**Shown by**")[1]
    return {path: " ".join(title.split()) for title, path in LINK.findall(shown)}


def test_each_entry_says_what_is_read_what_happens_and_what_is_right_and_has_a_script():
    entries = [entry for entry in ENTRIES if "**" in entry]
    assert len(entries) >= 30
    for entry in entries:
        bold = re.findall(r"^- \*\*([^*]+)\*\*", entry, flags=re.MULTILINE)
        assert bold == ["Often read", "What happens", "Rather", "Shown by"], entry
        assert titles(entry), entry


def test_scripts_are_there_and_linked_by_their_titles():
    for entry in ENTRIES:
        for path, title in titles(entry).items() if "**" in entry else ():
            text = (EXAMPLES / f"{path}.py").read_text(encoding="utf-8")
            assert text.split("\n")[1] == title


def test_every_claim_that_was_run_is_on_the_page():
    linked = {path for _, path in LINK.findall(PAGE)}
    assert {f"claims/{file.stem}" for file in (EXAMPLES / "claims").glob("*.py")} <= linked
