"""Reading a page of the documentation as its build does: its code carried out, in order."""

from pathlib import Path

from docs.making.executed import blocks, results

DOCS = Path(__file__).parents[2] / "docs"


class Page:
    """``docs/NAME.md``, carried out: its variables, and what each block printed and drew."""

    def __init__(self, name):
        self.text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
        self.variables = {"__name__": "__main__"}
        done = [
            (result.printed, len(result.figures))
            for result in results(self.text, name, self.variables)
        ]
        self.printed = [printed for printed, _ in done]
        self.figures = sum(figures for _, figures in done)

    def __getitem__(self, variable):
        return self.variables[variable]

    def below(self, words, n=0):
        """What the block below these words of the page printed; with `n`, a later one."""
        assert self.text.count(words) == 1, words
        place = self.text.index(words)
        first = next(i for i, block in enumerate(blocks(self.text)) if block.end > place)
        return self.printed[first + n]
