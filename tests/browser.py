"""What tests of pages share: sizes of screens, the accessibility checker, and a page in a file."""

from __future__ import annotations

from functools import cache

SIZES = {"desk": (1280, 900), "phone": (390, 844)}


@cache
def axe():
    """The accessibility checker."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to import

    return Axe()


def accessible(tab, name=""):
    """Check that axe finds nothing wrong, and that nothing is wider than the screen."""
    found = axe().run(tab)
    assert found.violations_count == 0, (name, found.generate_report())
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


def watched(context, base=""):
    """Return a new tab that notes what goes wrong in it, and what it asks for.

    `troubles` has what the console, errors and dialogs say; `foreign` addresses not below `base`.
    """
    tab = context.new_page()
    tab.troubles, tab.foreign = [], []
    tab.on("console", lambda said: tab.troubles.append(said.text))
    tab.on("pageerror", lambda error: tab.troubles.append(str(error)))
    tab.on("dialog", lambda dialog: (tab.troubles.append(dialog.message), dialog.dismiss()))
    tab.on(
        "request",
        lambda asked: None if asked.url.startswith(base) else tab.foreign.append(asked.url),
    )
    return tab
