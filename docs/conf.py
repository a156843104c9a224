"""How Sphinx builds these pages: `make docs`. Nothing on them is loaded from elsewhere."""

from __future__ import annotations

project = "Project Phoenix"
author = "The Project Phoenix contributors"
copyright = "the Project Phoenix contributors. Licensed under the EUPL"
language = "en-GB"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
# Links to files of the repository that are not pages are right there, and not here.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]

html_theme = "furo"
html_title = "Project Phoenix"
html_copy_source = False
html_show_sphinx = False
