"""Long lists a page at a time: the parameters of the pagination component."""

from __future__ import annotations

from typing import Any


def pages_of(whole: int, most: int, number: int, path: str) -> dict[str, Any] | None:
    """The links under page ``number`` of ``whole`` things, ``most`` on a page; None where there is one page.

    ``path`` is the address without the number of the page, which it ends with.
    """
    last = max(1, -(-whole // most))
    if last == 1:
        return None
    near = sorted({1, last, *range(max(1, number - 1), min(last, number + 1) + 1)})
    items: list[dict[str, Any]] = []
    for before, page in zip([0, *near], near, strict=False):
        if page > before + 1:
            items.append({"ellipsis": True})
        items.append({"number": page, "href": f"{path}{page}", "current": page == number})
    found: dict[str, Any] = {"items": items}
    if number > 1:
        found["previous"] = {"href": f"{path}{min(number - 1, last)}"}
    if number < last:
        found["next"] = {"href": f"{path}{number + 1}"}
    return found
