"""How the lectures become a site: `make site`."""

import hashlib
import os
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

from autograder.course import Course

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS / "_extensions"), str(DOCS.parent)]
os.environ.pop("MLPKIT_DATA_DIR", None)  # the pages show what every reader can repeat without a download

project = "Multilayer perceptrons from scratch"
author = copyright = "the authors of the course"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "cards",
    "chapters",
    "docstrings",
    "equations",
    "indexes",
    "links",
    "scenes",
    "sections",
    "taught",
    "terms",
    "typography",
    "vocabulary",
]
exclude_patterns = ["_extensions", "images/README*", "benchmarks/*"]  # benchmarks.md includes those tables
repository = Course.find(DOCS.parent).settings.repository

# Notebooks: they come with their outputs.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
myst_dmath_double_inline = True
suppress_warnings = ["myst.header"]  # a chapter's sections may begin at any level

# Formulas: MathJax comes with the site, nothing from another host.
mathjax_path = "mathjax/tex-svg-full.js"
mathjax3_config = {"options": {"enableAssistiveMml": True, "menuOptions": {"settings": {"inTabOrder": False}}}}

# The library.
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_default_options = {
    "members": True,
    "show-inheritance": True,
    # scikit-learn's, with links into its own pages
    "exclude-members": "set_fit_request, set_partial_fit_request, set_score_request",
}
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False
toc_object_entries_show_parents = "hide"
default_role = "py:obj"

# The pages.
html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/favicon.svg"
html_logo = "_static/favicon.svg"
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["course.css", "reference.css", ("print.css", {"media": "print"})]
html_js_files = [("formulas.js", {"defer": "defer"}), ("reading.js", {"defer": "defer"})]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_persistent": [],
    "show_navbar_depth": 1,
    "max_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": False,
    "footer_content_items": "extra-footer",
    "extra_footer": f"<p>{project}. Text and figures: CC BY 4.0; code: BSD 3-Clause License.</p>",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


EXPLORERS = sorted(f"explorers/{path.name}" for path in (DOCS / "_static" / "explorers").glob("*.js"))
MATHJAX = "sphinx-mathjax-offline/static/mathjax/tex-svg-full.js"


def add_explorers(app, page, template, context, doctree):
    """Load the explorers' scripts on the pages of chapters, and on the first one."""
    if page.startswith("chapters/") or page == "index":
        for script in EXPLORERS:
            app.add_js_file(script, loading_method="defer")
        app.add_css_file("explorers/explorers.css")


def copy_mathjax(app, error):
    """Put MathJax's one file that needs no other into the site."""
    if error is None and app.builder.format == "html":
        source = distribution("sphinx-mathjax-offline").locate_file(MATHJAX)
        target = Path(app.outdir, "_static", mathjax_path)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)


def own_state():
    """Return a digest of the site's own extensions: when one has changed, all pages are read again."""
    files = sorted((DOCS / "_extensions").glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def setup(app):
    """Connect the functions above."""
    app.add_config_value("own_extensions", own_state(), "env", [str])
    app.connect("html-page-context", add_explorers)
    app.connect("build-finished", copy_mathjax)
