"""What axe finds wrong with a page as it stands (WCAG 2.2 A and AA, and best practices)."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: Where scripts are off no timer goes off, and axe waits for some: they go off at once here.
_RUN = """() => {
  const later = window.setTimeout;
  window.setTimeout = (then, _, ...with_) => { Promise.resolve().then(() => then(...with_)); return 0; };
  window.axeFound = null;
  axe.run({resultTypes: ["violations"]}).then(
    (found) => { window.axeFound = found.violations; }, (error) => { window.axeFound = String(error); },
  ).finally(() => { window.setTimeout = later; });
}"""


def violations(page: Page) -> list[str]:
    """Every violation: its rule and where. An empty list is what tests want."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(_RUN)
    found: list[dict[str, Any]] | None = page.evaluate("window.axeFound")
    assert isinstance(found, list), found
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]
