"""Make pages of the root's own documents, and let links between them work in both places.

Each document is kept once, where people look for it in a repository. A link is written as it
works there, e.g. `../ARCHITECTURE.md` in a page and `docs/failures.md` in `README.md`; on the site
it becomes the link between the two pages.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
"""Documents of the root, and the pages of the site that they become."""

_LINK = re.compile(r"(?<=\]\()([^()\s#:]+)(?=[#)])")


def on_files(files: Any, config: Any) -> Any:
    """Add the root's documents to the site."""
    for name, page in PAGES.items():
        content = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn links that hold in the repository into links that hold on the site."""
    here = page.file.src_uri
    origin = next((name for name, made in PAGES.items() if made == here), f"docs/{here}")

    def site_link(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(origin), found[1]))
        made = PAGES.get(target)
        if target == "docs/decisions":
            made = "decisions/README.md"
        elif made is None and target.startswith("docs/") and origin in PAGES:
            made = target.removeprefix("docs/")
        return posixpath.relpath(made, posixpath.dirname(here) or ".") if made else found[1]

    return _LINK.sub(site_link, markdown)
