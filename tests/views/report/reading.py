"""Runs to report on, and a reader of the page: what a browser would find in it."""

import base64
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
from PIL import Image
from sklearn.datasets import load_diabetes, load_digits

import pellucid as pel
from pellucid.plan.examples import as_examples
from pellucid.views.report.report import _diagnosis, _judged, _named
from pellucid.views.report.reported import Reported


def digits_run(n=400, epochs=3, **recipe):
    """A network that reads digits, of which it has seen few."""
    X, Y = load_digits(return_X_y=True)
    network = pel.Network(64, [pel.Dense(16, "relu"), pel.Dense(10, "softmax")], seed=0)
    run = pel.start(network, X[:n] / 16, Y[:n], epochs=epochs, validation=0.2, **recipe)
    list(run)
    return run, (X[n : 2 * n] / 16, Y[n : 2 * n])


def diabetes_run(loss="mse", outputs=1):
    X, Y = load_diabetes(return_X_y=True)
    Y = (Y - Y.mean()) / Y.std()
    network = pel.Network(10, [pel.Dense(8, "tanh"), pel.Dense(outputs, "identity")], seed=0)
    run = pel.start(network, X[:300] * 20, Y[:300], loss=loss, epochs=5)
    list(run)
    return run, (X[300:] * 20, Y[300:])


class Read(HTMLParser):
    """Titles, texts, addresses and pictures of a page; and that each tag is closed."""

    VOID = ("meta", "link", "img", "source", "br")

    def __init__(self, page):
        super().__init__()
        self.tags, self.titles, self.texts, self.addresses = [], [], [], []
        self.anchors, self.alts, self.cells, self.scripts = set(), [], [], 0
        self.is_title = False
        self.feed(page)
        self.close()
        assert self.tags == [], self.tags

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.scripts += tag == "script" or any(name.startswith("on") for name in given)
        self.addresses += [given[name] for name in ("src", "srcset", "href") if name in given]
        if "id" in given:
            self.anchors.add(given["id"])
        self.is_title = tag == "h1" or "id" in given
        if tag == "img":
            self.alts.append(given["alt"])
        if tag not in self.VOID:
            self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.tags.pop() == tag

    def handle_data(self, data):
        if self.tags and self.tags[-1] in ("h1", "h2") and self.is_title:
            self.titles.append(data)
        if self.tags and self.tags[-1] in ("td", "th"):
            self.cells.append(data)
        if not self.tags or self.tags[-1] != "style":
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    @property
    def pictures(self):
        """Each picture, decoded: (kind, width in its own units)."""
        found = []
        for address in self.addresses:
            if not address.startswith("data:"):
                continue
            kind, content = re.fullmatch(r"data:image/([a-z+]+);base64,(.+)", address).groups()
            content = base64.b64decode(content, validate=True)
            if kind == "png":
                found.append((kind, Image.open(io.BytesIO(content)).size[0]))
            else:
                found.append((kind, float(ElementTree.fromstring(content).get("width")[:-2])))
        return found


def is_offline(read):
    """Whether a page needs nothing but itself."""
    inside = all(a.startswith("data:") or a[1:] in read.anchors for a in read.addresses)
    return inside and read.scripts == 0


def told_of(run, test=None, model=None, **more):
    """What ``write_report`` hands to its sections."""
    model = model or _named(run)
    loss = run.plan.recipe.loss
    tested = None if test is None else as_examples(run.plan.architecture, loss, *test)
    given = {"name": "n", "source": "", "command": ""} | more
    return Reported(run, run.history, model, _judged(run, model, tested), _diagnosis(run), **given)


def blocks(section, kind):
    return [block for block in section.blocks if block.kind == kind]


def accuracy(run, X, Y):
    return np.mean(run.network.predict(X).argmax(1) == Y)
