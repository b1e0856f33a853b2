# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Sphinx configuration; `make docs` also generates reference/*.rst from kernel-doc."""

from pathlib import Path

project = "vnpu"
author = "the vnpu authors"
release = (Path(__file__).parent.parent / "VERSION").read_text().strip()
extensions = []
exclude_patterns = ["_build"]
html_theme = "sphinx_rtd_theme"
highlight_language = "none"
nitpicky = False
