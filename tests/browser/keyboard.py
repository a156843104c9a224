"""Going through a page by keyboard alone, as somebody without a mouse does.

Whatever is reached has to show that it has the focus, and the page on which it stands has to be one that can be
read: so every page of a journey is looked at, and no test has to ask for it.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Download, Error, FilePayload, Locator, Page

#: Nothing on a page is further than this from its beginning.
_MOST = 200
#: How often Tab is to be pressed until the target has the focus, if every stop on the way is one as it seems.
_STOPS = """(target) => {
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(
    (e) => e.type !== "hidden" && !e.disabled && e.tabIndex >= 0 && e.checkVisibility());
  const one = stops.filter((e) => {
    if (e === target || e === document.activeElement || e.type !== "radio") return true;
    const group = stops.filter((r) => r.type === "radio" && r.name === e.name);
    return e === (group.find((r) => r.checked) || group[0]);
  });
  const here = one.indexOf(document.activeElement);
  return Math.max(0, one.indexOf(target) - here);
}"""
#: What nobody can use: a page that has to be scrolled sideways, or that does not say once what it is.
_UNUSABLE = """() => {
  const wide = document.documentElement.scrollWidth, headings = document.querySelectorAll("h1").length;
  return [
    ...(wide > innerWidth ? [`${location.pathname} is ${wide} wide in a window of ${innerWidth}`] : []),
    ...(headings === 1 ? [] : [`${location.pathname} has ${headings} headings above all`]),
  ];
}"""
#: Whether one sees where one is. A radio is drawn by what stands before its label. In forced colours shadows and
#: backgrounds go, and every outline has a colour.
_SHOWN = """(here) => {
  const drawn = [getComputedStyle(here)];
  for (const label of here.labels || []) drawn.push(getComputedStyle(label, "::before"));
  const forced = matchMedia("(forced-colors: active)").matches;
  return drawn.some((style) => {
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const seen = !/, 0\\)$|transparent/.test(style.outlineColor);
    return forced ? outlined : (outlined && seen) || style.boxShadow !== "none";
  });
}"""


def usable(page: Page) -> list[str]:
    """What keeps a page from being used at its width. An empty list is what tests want."""
    try:
        found: list[str] = page.evaluate(_UNUSABLE)
    except Error:  # a script went on to the next page meanwhile: then it is that one
        page.wait_for_load_state()
        found = page.evaluate(_UNUSABLE)
    return found


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus. Fails where it cannot be reached so, or does not show it."""
    element = target.element_handle()
    for _ in range(page.evaluate(_STOPS, element)):
        page.keyboard.press("Tab")
    for _ in range(_MOST):
        if page.evaluate("element => document.activeElement === element", element):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{target} cannot be reached by Tab")
    assert usable(page) == []
    assert page.evaluate(_SHOWN, element), f"{target} does not show that it has the focus"


def follow(page: Page, name: str) -> None:
    """Reach the first link of this name and go there."""
    enter(page, page.get_by_role("link", name=name).first)


def press(page: Page, name: str) -> None:
    """Reach the button of this name, press it, and wait for the page that follows."""
    enter(page, page.get_by_role("button", name=name).first)


def enter(page: Page, target: Locator) -> None:
    """Reach a link or button, and go to the page that follows."""
    reach(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert usable(page) == []


def write(page: Page, label: str, text: str) -> None:
    """Reach a field and type."""
    write_into(page, page.get_by_label(label).first, text)


def write_into(page: Page, field: Locator, text: str) -> None:
    """The same for a field that is found otherwise."""
    reach(page, field)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def choose(page: Page, choice: Locator) -> None:
    """Tick a box; of radios the keyboard reaches the first, or the chosen one, and arrows the others."""
    if choice.get_attribute("type") != "radio":
        reach(page, choice)
        page.keyboard.press("Space")
        return
    group = page.locator(f'input[name="{choice.get_attribute("name")}"]')
    chosen = [each for each in group.all() if each.is_checked()]
    reach(page, chosen[0] if chosen else group.first)
    for _ in range(group.count()):
        if choice.evaluate("choice => document.activeElement === choice"):
            break
        page.keyboard.press("ArrowDown")
    if not choice.is_checked():
        page.keyboard.press("Space")
    assert choice.is_checked()


def save(page: Page, target: Locator) -> Download:
    """Reach what hands over a file, and take it."""
    reach(page, target)
    with page.expect_download() as saving:
        page.keyboard.press("Enter")
    return saving.value


def hand_in(page: Page, field: str, file: Path | FilePayload) -> None:
    """Reach a field for a file; which file is chosen in a window that is not the page's."""
    reach(page, page.locator(field))
    page.set_input_files(field, file)
