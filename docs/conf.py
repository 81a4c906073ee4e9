"""How the site is built: Markdown sources (MyST), the reference from the docstrings (autodoc), the furo theme."""

import re
from typing import Any

import bandwidth_messaging
from bandwidth_messaging import __version__, messagemedia, models

# Everything is imported before autodoc does it: autodoc sets typing.TYPE_CHECKING, under which pydantic cannot run.
for package in (bandwidth_messaging, models, messagemedia, messagemedia.models):
    for public_name in package.__all__:
        getattr(package, public_name)

project = "bandwidth_messaging"
author = "The bandwidth_messaging maintainers"
copyright = f"2026, {author}"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["examples"]
html_theme = "furo"
html_title = f"bandwidth_messaging {__version__}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False

# Headings down to the third level can be linked to, as on code hosting sites.
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True


def _markdown_to_rst(_app: Any, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """The docstrings mark code as Markdown does, which help() shows well; autodoc reads reStructuredText."""
    text = re.sub(
        r"^( *)```(\w*)\n(.*?)^ *```$",
        lambda found: (
            f"{found[1]}.. code-block:: {found[2] or 'text'}\n\n" + re.sub("^", "    ", found[3], flags=re.MULTILINE)
        ),
        "\n".join(lines),
        flags=re.DOTALL | re.MULTILINE,
    )
    lines[:] = re.sub(r"(?<!`)`([^`\n]+)`(?!`)", r"``\1``", text).split("\n")


def setup(app: Any) -> None:
    """Connect the one hook."""
    # Before napoleon, which takes the fenced text for prose.
    app.connect("autodoc-process-docstring", _markdown_to_rst, priority=100)
