"""Files and folders -> Spec, effective spec, policy: the one place where they are read from disk.

Sizes are bounded here, and whatever is not text ends in one clear error.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from charter.errors import ParseError, StorageError
from charter.source import Source, Span
from charter.spec.build import build, build_prompts, build_scenarios
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer
from charter.spec.spec import PromptSet, ScenarioSet, Spec
from charter.syntax.document import Paragraph
from charter.syntax.mapping import load_mapping
from charter.syntax.reader import parse

if TYPE_CHECKING:  # what compiles conditions takes longer to import than a spec to read
    from charter.policy.policy import Policy

MAX_BYTES = 8 * 1024 * 1024
"""Thirty times the largest published spec; beyond it, it is not a document people read."""
MAX_COMPANIONS = 2000
"""Files of one companion folder; more are an error, never silently left out."""
MAX_COMPANION_BYTES = 64 * 1024 * 1024
MAX_FOLDERS = 100
"""Folders beside that of an overlay in which its base is looked for."""

STARTER = "starter"
"""The name under which the spec that ships with Charter is opened."""

_VERSION = re.compile(r"v?\d{4}[-.]\d{2}[-.]\d{2}|v?\d+(?:\.\d+)+")
_PROMPT_TITLE = re.compile(r"Examples for \[\^([^\]\s]{1,64})\] in (.{1,300}):\s*$")


def starter_folder() -> Path:
    """Return the folder of the starter spec and its scenarios."""
    return Path(__file__).resolve().parent / "starter"


def load(path: str | Path, *, reader: str | None = None) -> Spec:
    """Read a spec from a file, from a folder that holds one, or `starter`.

    Raises ParseError (not text, too large, a folder without a spec), StorageError (cannot
    be read) and ConfigError (no such reader).
    """
    file = spec_file(path)
    document = parse(read_source(file), reader=reader)
    spec = build(document, name=_name(file), version=_version(file))
    return replace(
        spec,
        prompt_sets=tuple(_prompt_sets(file.parent / "examples")),
        scenario_sets=scenario_sets(file.parent / "scenarios"),
        scenario_tools=scenario_tools(file.parent / "scenarios"),
    )


def load_effective(path: str | Path, overlays: Sequence[str | Path] = ()) -> Effective:
    """Read a base spec and lay overlays over it, in order.

    Raises as `load` and `layer` do: OverlayNotAllowed, DigestMismatch, SpecError.
    """
    return layer(load(path), *(load(overlay) for overlay in overlays))


def stack_beside(overlay: Spec) -> Effective | None:
    """Find what an overlay stands on, and return it laid; None where it is not to be found.

    By digest: the texts in the folder of the overlay, in the one above it, in the folders of
    both, and the starter spec. Raises as `layer` does.
    """
    below: list[Spec] = []
    digests = {overlay.digest}
    wanted = _base_digest(overlay)
    nearby = _digests_near(Path(overlay.source.path)) if wanted is not None else {}
    while wanted is not None:
        file = nearby.get(wanted)
        if file is None or wanted in digests:
            return None
        digests.add(wanted)
        below.append(load(file))
        wanted = _base_digest(below[-1])
    return layer(below[-1], *reversed(below[:-1])) if below else None


def _base_digest(spec: Spec) -> str | None:
    extends = spec.metadata.get("extends")
    found = extends.get("digest") if isinstance(extends, Mapping) else None
    return found if isinstance(found, str) else None


def _digests_near(file: Path) -> dict[str, Path]:
    """Return the Markdown files around one, by digest; what cannot be read is left out."""
    folder = file.absolute().parent
    found: dict[str, Path] = {}
    left = MAX_COMPANION_BYTES
    around = (*_folders(folder), *_folders(folder.parent))
    for place in dict.fromkeys((folder, folder.parent, *around, starter_folder())):
        with suppress(ParseError, StorageError):
            for candidate in _companions(place):
                left -= candidate.stat().st_size
                if left < 0:
                    return found
                with suppress(ParseError, StorageError):
                    content = _read_bytes(candidate)
                    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
                    found.setdefault(digest, _shown(candidate))
    return found


def _shown(file: Path) -> Path:
    """Return a path as people would write it here."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _folders(place: Path) -> list[Path]:
    try:
        inside = sorted(entry for entry in place.iterdir() if entry.is_dir())
    except OSError:
        return []
    return inside[:MAX_FOLDERS]


def load_policy(
    path: str | Path,
    overlays: Sequence[str | Path] = (),
    readings: Mapping[str, str] | None = None,
    *,
    cache: bool = True,
) -> Policy:
    """Read a base spec and overlays, and compile them.

    With `cache`, a policy that was compiled before from the same texts, by this version of
    Charter, is read back from the user's cache folder. Raises as `load`, `layer` and
    `compile_policy` do; a cache that cannot be used is no error.
    """
    from charter.cache import key_of, read_policy, write_policy  # noqa: PLC0415 - see above
    from charter.policy.compiled.compile import compile_policy  # noqa: PLC0415 - see above

    files = [spec_file(each) for each in (path, *overlays)]
    contents = [_read_bytes(file) for file in files]
    named = [
        (_name(file), _version(file), hashlib.sha256(content).hexdigest())
        for file, content in zip(files, contents, strict=True)
    ]
    key = key_of(named, readings)
    found = read_policy(key) if cache else None
    if found is not None and _is_of(found, [digest for _, _, digest in named]):
        return found
    base, *above = [
        build(parse(_source(file, content)), name=_name(file), version=_version(file))
        for file, content in zip(files, contents, strict=True)
    ]
    policy = compile_policy(layer(base, *above), readings=readings)
    if cache:
        write_policy(key, policy)
    return policy


def _is_of(policy: Policy, digests: Sequence[str]) -> bool:
    """Whether a policy states that it was made of these texts; one given twice is one layer."""
    made_of = [layer.digest for layer in policy.layers]
    return made_of == [f"sha256:{digest}" for digest in dict.fromkeys(digests)]


def scenario_sets(folder: Path) -> tuple[ScenarioSet, ...]:
    """Read every `*.md` of a scenario folder; empty where there is no such folder."""
    return tuple(
        build_scenarios(parse(read_source(file), reader="model-spec"), file.stem)
        for file in _companions(folder)
    )


def scenario_tools(folder: Path) -> Mapping[str, object]:
    """Read `tools.yaml` of a scenario folder. Raises ParseError when it is no YAML mapping."""
    file = folder / "tools.yaml"
    try:
        if not file.is_file():
            return {}
    except OSError as cause:
        raise _unreadable(file, cause) from cause
    source = read_source(file)
    fields = load_mapping(source.text)
    if fields.error:
        where = source.locate(Span(fields.error_offset, fields.error_offset))
        raise ParseError(fields.error, place=where)
    return fields.values


def read_source(file: Path) -> Source:
    """Read a text file, exactly. Raises ParseError and StorageError."""
    return _source(file, _read_bytes(file))


def _read_bytes(file: Path) -> bytes:
    """Read a file of bounded size. Raises ParseError and StorageError."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as cause:
        raise ParseError(f"{file}: no such file", hint="check the path") from cause
    except IsADirectoryError as cause:
        raise ParseError(f"{file} is a folder", hint="name a file in it") from cause
    except OSError as cause:
        raise _unreadable(file, cause) from cause
    except ValueError as cause:  # a zero byte in the path
        raise ParseError(f"{str(file)!r} is no path: {cause}", hint="check the path") from cause
    if len(content) > MAX_BYTES:
        raise ParseError(
            f"{file} is larger than {MAX_BYTES // 2**20} MB",
            hint="a spec is a document people read: split it into overlays",
        )
    return content


def _source(file: Path, content: bytes) -> Source:
    """Return bytes as text. Raises ParseError."""
    if b"\x00" in content:
        where = content.index(b"\x00")
        raise ParseError(f"{file} is not text: zero byte at {where}", hint="name a Markdown file")
    try:
        return Source(str(file), content.decode("utf-8"))
    except UnicodeDecodeError as cause:
        line = content.count(b"\n", 0, cause.start) + 1
        raise ParseError(
            f"{file}:{line}: not UTF-8: byte 0x{content[cause.start]:02x} at {cause.start}",
            hint="save the file as UTF-8",
        ) from cause


def _unreadable(path: Path, cause: OSError) -> StorageError:
    hint = "check the permissions" if isinstance(cause, PermissionError) else "check the path"
    return StorageError(f"{path} cannot be read: {cause.strerror or cause}", hint=hint)


def _markdown_files(folder: Path) -> list[Path]:
    """Return the `*.md` of a folder, sorted; empty where there is none. Raises StorageError."""
    try:
        if not folder.is_dir():
            return []
        return sorted(file for file in folder.glob("*.md") if file.is_file())
    except OSError as cause:
        raise _unreadable(folder, cause) from cause


def _companions(folder: Path) -> list[Path]:
    """Return the Markdown files beside a spec. Raises ParseError when they are too many."""
    found = _markdown_files(folder)
    try:
        size = sum(file.stat().st_size for file in found)
    except OSError as cause:
        raise _unreadable(folder, cause) from cause
    if len(found) > MAX_COMPANIONS or size > MAX_COMPANION_BYTES:
        raise ParseError(
            f"{folder} holds {len(found)} files of {size // 2**20} MB together; the limits are "
            f"{MAX_COMPANIONS} and {MAX_COMPANION_BYTES // 2**20} MB",
            hint="move some of them elsewhere",
        )
    return found


def spec_file(path: str | Path) -> Path:
    """Return the file that a spec is read from. Raises ParseError and StorageError."""
    file = Path(path)
    try:
        if str(path) == STARTER and not file.exists():
            return starter_folder() / "spec.md"
        if not file.is_dir():
            return file
        candidates = [file / name for name in ("spec.md", "model_spec.md", "overlay.md")]
        found = [candidate for candidate in candidates if candidate.is_file()]
    except OSError as cause:
        raise _unreadable(file, cause) from cause
    if not found:
        found = _markdown_files(file)
    if len(found) != 1:
        what = f"has {len(found)} Markdown files" if found else "has no spec.md"
        raise ParseError(f"folder {file} {what}", hint="name the spec's file itself")
    return found[0]


def _name(file: Path) -> str:
    return file.parent.name if _VERSION.fullmatch(file.stem) else file.stem


def _version(file: Path) -> str | None:
    """Find the version in the place of the file: `2025-12-18/model_spec.md`, `2026-01-20.md`."""
    for part in (file.stem, file.absolute().parent.name):
        if _VERSION.fullmatch(part):
            return part
    return None


def _prompt_sets(folder: Path) -> list[PromptSet]:
    """Read `examples/<marker>.md` beside a spec, where there is such a folder."""
    found = []
    for file in _companions(folder):
        document = parse(read_source(file), reader="model-spec")
        first = next((b.raw for b in document.blocks if isinstance(b, Paragraph)), "")
        named = _PROMPT_TITLE.match(first)
        found.append(build_prompts(document, file.stem, named[2] if named else None))
    return found
