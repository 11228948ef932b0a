"""Write every generated page of the documentation, or say which are stale.

    python docs/generate/all.py           write them
    python docs/generate/all.py --check   write nothing; exit 1 and name the stale ones

Every other module in this folder is a generator. It has `pages() -> dict[str, str]`, which
returns the text of each page it is responsible for, by path below `docs/`; or `page() -> str`
with `PAGE`, the file of its only page.
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent


def generators() -> dict[str, ModuleType]:
    """Return the generator modules of this folder by name, sorted."""
    return {
        file.stem: _loaded(file)
        for file in sorted(HERE.glob("*.py"))
        if file != Path(__file__).resolve()
    }


def pages() -> dict[str, str]:
    """Return every generated page by path below `docs/`. Two generators never share a page."""
    found: dict[str, str] = {}
    for name, module in generators().items():
        for path, text in _made_by(module).items():
            if path in found:
                raise ValueError(f"{name}: {path} is made twice")
            found[path] = text
    return found


def stale(wanted: dict[str, str]) -> list[str]:
    """Return the pages that are missing, differ, or lie in `reference/` and are made by nothing."""
    differing = [path for path, text in wanted.items() if _read(DOCS / path) != text]
    made = {DOCS / path for path in wanted}
    orphans = [file for file in (DOCS / "reference").glob("*.md") if file not in made]
    return sorted([*differing, *(file.relative_to(DOCS).as_posix() for file in orphans)])


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` only compare them."""
    wanted = pages()
    if "--check" in arguments:
        found = stale(wanted)
        for path in found:
            print(f"stale: docs/{path} (run `make fix`)", file=sys.stderr)
        return 1 if found else 0
    for path, text in wanted.items():
        if _read(DOCS / path) != text:
            (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / path).write_text(text, encoding="utf-8")
            print(f"wrote docs/{path}")
    return 0


def _made_by(module: ModuleType) -> dict[str, str]:
    if hasattr(module, "pages"):
        return dict(module.pages())
    return {module.PAGE.relative_to(DOCS).as_posix(): module.page()}


def _loaded(file: Path) -> ModuleType:
    spec = spec_from_file_location(f"docs_generate_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ImportError(file.name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
