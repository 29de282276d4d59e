"""How Sphinx makes the site from the pages that making/site.py has gathered in build/site.

It is started with ``python -m sphinx`` from the repository's root, so that docs.making is found.
"""

from pathlib import Path

import matplotlib

import pellucid
from docs.making.gallery import example_order, section_order
from pellucid.views.style import THEMES

LIGHT, DARK = THEMES["light"], THEMES["dark"]
DOCS = Path(__file__).parent
matplotlib.use("agg")

project = "Pellucid"
author = "The Pellucid authors"
copyright = "The Pellucid authors"
version = release = pellucid.__version__

extensions = [
    "docs.making.mathml",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
]
templates_path = [str(DOCS / "templates")]  # Sphinx looks for some of them elsewhere
exclude_patterns = ["examples/**/*.ipynb", "examples/**/*.py", "examples/**/GALLERY_HEADER.rst"]
nitpicky = True
# What is known elsewhere: without the internet there is no list of it.
nitpick_ignore_regex = [
    ("py:.*", r"(numpy|np|matplotlib|collections|pathlib|typing|os|scipy|sklearn)(\..*)?"),
]
linkcheck_anchors = False  # pages of others write theirs by script
linkcheck_timeout = 20

# Markdown.
myst_enable_extensions = ["attrs_inline", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 4
html_math_renderer = "mathml"
suppress_warnings = ["config.cache"]  # the gallery's order is functions

# Python.
autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say them with their shapes
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
add_module_names = False
python_use_unqualified_type_names = True

# How it looks: nothing of it comes from elsewhere.
html_theme = "furo"
html_title = "Pellucid"
html_static_path = ["static"]
html_css_files = ["site.css"]
# The colours of the pictures (pellucid.views.style), so that they lie on the page's own paper.
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": LIGHT.positive,
        "color-brand-content": LIGHT.positive,
        "color-api-name": LIGHT.positive,
        "color-background-primary": LIGHT.paper,
        "color-foreground-primary": LIGHT.ink,
    },
    "dark_css_variables": {
        "color-brand-primary": DARK.positive,
        "color-brand-content": DARK.positive,
        "color-api-name": DARK.positive,
        "color-background-primary": DARK.paper,
        "color-foreground-primary": DARK.ink,
    },
}
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "github-dark"

# Examples.
sphinx_gallery_conf = {
    # Paths from where the pages are.
    "examples_dirs": ["../../examples"],
    "gallery_dirs": ["examples"],
    "filename_pattern": r"\.py$",
    "subsection_order": section_order,
    "within_subsection_order": example_order,
    "abort_on_example_error": True,
    "parallel": 2,
    "capture_repr": (),  # what is not printed is not meant to be seen
    "show_memory": False,
    "write_computation_times": False,  # that page would load scripts from elsewhere
    "show_signature": False,
    "download_all_examples": False,
    "notebook_extensions": set(),  # they would fetch what they need from elsewhere
    "image_srcset": ["2x"],
    "matplotlib_animations": False,
    "doc_module": ("pellucid",),
    "reference_url": {"pellucid": None},
    "backreferences_dir": "api/examples",
    "nested_sections": True,
    "remove_config_comments": True,
}
