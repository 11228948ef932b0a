"""What the stores in SQL databases share: one set of statements, one way for the tree to grow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from heapq import merge
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, Protocol

from charter.errors import AlreadyRecorded, LedgerTampered
from charter.ledger.edge import Edge, FullTile
from charter.ledger.integrity import check, tampered
from charter.ledger.question import SQLITE, Dialect, spoken
from charter.ledger.store import Entry, Head, Leaf, Overtaken, Sealed, Since, Told
from charter.ledger.tlog.field import HASH_SIZE
from charter.ledger.tlog.tile import WIDTH

PAGE = 500
"""Rows fetched at a time: a run of any size reads in bounded memory."""
CHUNK = 100
"""Payloads deleted by one statement."""
LARGE = 64 * 1024 * 1024
"""Bytes of payloads deleted in one transaction, where it is bounded: each is overwritten."""
FEW = 20
"""Payloads fetched at a time: one may have 64 MiB."""
NEAR = 2_000
"""So few entries are looked through for several kinds at once."""
FAR = WIDTH * WIDTH
"""Entries of other writers after which the edge is read anew instead of grown."""

_COLUMNS = '"index", kind, run, key, body, digest, thread'

Row = tuple[Any, ...]


class Session(Protocol):
    """One transaction: statements with `:name` parameters."""

    def all(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Return every row."""
        ...

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> int:
        """Return how many rows changed."""
        ...

    def insert(self, rows: Sequence[Row]) -> None:
        """Add records; the columns in the order of the table."""
        ...


class SqlStore(ABC):
    """Entries in tables of one shape. A subclass knows how to connect, lock and report."""

    _dialect: Dialect = SQLITE

    def __init__(self) -> None:
        self._edge = Edge()
        self._writing = Lock()
        self._untidy = True
        """Whether something was deleted that may still lie in a log of changes.

        At first it may have been: by a process that was killed before it tidied up.
        """

    @property
    @abstractmethod
    def location(self) -> str:
        """Where the entries are, as shown to people."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Session]:
        """Open a transaction that only reads. Raises LedgerUnavailable."""

    @abstractmethod
    def _changing(self) -> AbstractContextManager[Session]:
        """Open a transaction that no other writer overlaps; durable at its end.

        Raises LedgerUnavailable, and LedgerError where a key is there already.
        """

    def append(self, entries: Sequence[Entry], payloads: Sequence[Sealed] = ()) -> int:
        """Keep all entries and payloads or none, durably; return the index of the last entry."""
        with self._writing:
            try:
                with self._changing() as session:
                    edge = self._grown(session, entries, payloads)
            except Taken as cause:
                raise self._already(entries) from cause.__cause__
            self._edge = edge
        return edge.size

    def append_now(self, entries: Sequence[Entry], payloads: Sequence[Sealed] = ()) -> bool:
        """Return False: a server is always a wait."""
        return False

    def _grown(
        self, session: Session, entries: Sequence[Entry], payloads: Sequence[Sealed]
    ) -> Edge:
        """Add entries and payloads; return the edge that holds once they are durable."""
        edge = self._caught_up(session).copy()
        self._extend(session, edge, entries)
        for sealed in payloads:
            session.run(_SEAL, _sealed_values(sealed))
        return edge

    def _already(self, entries: Sequence[Entry]) -> AlreadyRecorded:
        return AlreadyRecorded(
            f"{self.location} already holds {self._held(entries)}",
            hint="another process may be writing the same run",
        )

    def _extend(self, session: Session, edge: Edge, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        rows: list[Row] = []
        full: list[FullTile] = []
        for index, e in enumerate(entries, edge.size + 1):
            rows.append((index, e.kind, e.run, e.key, e.body, e.digest, e.thread))
            full += edge.add(Leaf(index, e.kind, e.digest).hash)
        session.insert(rows)
        for tile in full:
            session.run(_ADD_TILE, tile._asdict())
        session.run("UPDATE head SET size = :size, root = :root", _head_values(edge))

    def _caught_up(self, session: Session) -> Edge:
        """Return the edge at the stored head. Raises LedgerTampered where they part."""
        edge = self._edge
        head = self._stored(session)
        if head.size < edge.size:
            raise tampered(self.location, head.size + 1, "was there and is missing now")
        if head.size - edge.size > FAR:
            return self._restored(session, head)
        if head.size > edge.size:
            edge = edge.copy()
            for leaf in self._leaves(session, edge.size, head.size):
                edge.add(leaf.hash)
        if Head(edge.size, edge.root) != head:
            what = "or one after it does not match the ledger's head"
            raise tampered(self.location, self._edge.size + 1, what)
        return edge

    def _restored(self, session: Session, head: Head) -> Edge:
        """Return the edge made of tiles and digests. Raises LedgerTampered."""

        def full(level: int, n: int) -> bytes:
            found = session.all(_TILE, {"level": level, "n": n})
            data = found[0][0] if found else None
            if not isinstance(data, bytes) or len(data) != WIDTH * HASH_SIZE:
                first = (n << 8 * level) * WIDTH + 1
                raise tampered(self.location, first, f"is under a damaged tile ({level}/{n})")
            return data

        start = head.size // WIDTH * WIDTH
        leaves = [leaf.hash for leaf in self._leaves(session, start, head.size)]
        try:
            edge = Edge.restore(head.size, leaves, full)
        except ValueError:
            raise tampered(self.location, start + len(leaves) + 1, "is missing") from None
        if edge.root != head.root:
            what = "or another does not match the ledger's head"
            raise tampered(self.location, start + 1, what)
        return edge

    def _open_edge(self) -> None:
        """Read the edge, and look whether head, tiles and entries fit together.

        Raises LedgerTampered that names the first record that does not.
        """
        try:
            with self._reading() as session:
                head, last = self._stored(session), self._last(session)
                if last != head.size:
                    what = "is missing" if last < head.size else "is not in the tree"
                    raise tampered(self.location, min(last, head.size) + 1, what)
                self._edge = self._restored(session, head)
        except LedgerTampered:
            check(self)  # names the first bad record, where it is one
            raise

    def _stored(self, session: Session) -> Head:
        rows = session.all("SELECT size, root FROM head")
        if len(rows) != 1 or not isinstance(rows[0][0], int) or not isinstance(rows[0][1], bytes):
            raise tampered(self.location, 1, "cannot be placed: the ledger's head is damaged")
        return Head(*rows[0])

    def _last(self, session: Session) -> int:
        return int(session.all('SELECT COALESCE(MAX("index"), 0) FROM records')[0][0])

    def _leaves(self, session: Session, start: int, end: int) -> Iterator[Leaf]:
        for first in range(start, end, PAGE):
            values = {"start": first, "end": min(end, first + PAGE)}
            for row in session.all(_LEAVES, values):
                yield Leaf(*row)

    def known(self, keys: Collection[str]) -> set[str]:
        """Return those of the keys that entries have already."""
        with self._reading() as session:
            return {key for key in keys if session.all(_BY_KEY, {"key": key})}

    def _held(self, entries: Sequence[Entry]) -> str:
        """Return the key of the first entry that is there already, or that comes twice."""
        keys = [entry.key for entry in entries if entry.key is not None]
        known = self.known(keys)
        seen: set[str] = set()
        for key in keys:
            if key in known or key in seen:
                return key
            seen.add(key)
        return "this"

    def probe(self) -> None:
        """Write a little and take it back, durably: fails where `append` would."""
        nothing = {"level": -1, "n": -1, "data": b""}
        with self._writing, self._changing() as session:
            self._caught_up(session)
            session.run(_ADD_TILE, nothing)
            session.run("DELETE FROM tiles WHERE level = :level AND n = :n", nothing)

    def read(  # noqa: PLR0913 - as the protocol has it
        self,
        *,
        kind: str | None = None,
        kinds: Collection[str] | None = None,
        run: str | None = None,
        thread: str | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int | None = None,
    ) -> Iterator[tuple[int, Entry]]:
        """Yield entries with their index, oldest first, or the newest first."""
        wanted = list(dict.fromkeys(kinds)) if kind is None and kinds is not None else None
        where = {"kind": kind, "run": run, "thread": thread}
        # what is committed later is left out, so that several kinds are of one moment
        last = self.size()
        if wanted is None or last - after <= NEAR:
            found = self._pages(where, wanted, after, last, newest=newest, limit=limit)
        else:  # by their indexes: each kind is in order, but only each for itself
            parts = [
                self._pages(where | {"kind": one}, None, after, last, newest=newest, limit=limit)
                for one in wanted
            ]
            found = merge(*parts, key=_index_of, reverse=newest)
        return found if limit is None else islice(found, limit)

    def ask(self, question: str, values: Mapping[str, str]) -> list[Row]:
        """Return the rows of a question about the entries; nothing can be changed by it."""
        with self._reading() as session:
            return session.all(spoken(question, self._dialect), values)

    def _pages(  # noqa: PLR0913 - what `read` was asked
        self,
        where: Mapping[str, str | None],
        kinds: Sequence[str] | None,
        after: int,
        last: int,
        *,
        newest: bool,
        limit: int | None,
    ) -> Iterator[tuple[int, Entry]]:
        """Yield entries; each page is a transaction of its own."""
        set_ = {name: value for name, value in where.items() if value is not None}
        tests = ['"index" > :after', '"index" <= :last', *(f"{name} = :{name}" for name in set_)]
        if kinds is not None:
            set_ |= {f"kind{at}": one for at, one in enumerate(kinds)}
            names = ", ".join(f":kind{at}" for at in range(len(kinds)))
            tests.append(f"kind IN ({names})" if kinds else "1 = 0")
        order = "DESC" if newest else "ASC"
        statement = (  # names of columns and parameters only
            f"SELECT {_COLUMNS} FROM records WHERE {' AND '.join(tests)} "  # noqa: S608
            f'ORDER BY "index" {order} LIMIT :page'
        )
        size = PAGE if limit is None else min(PAGE, limit)
        while after < last:
            with self._reading() as session:
                rows = session.all(statement, {**set_, "after": after, "last": last, "page": size})
            for index, *fields in rows:
                yield index, Entry(*fields)
            if len(rows) < size:
                return
            if newest:
                last = rows[-1][0] - 1
            else:
                after = rows[-1][0]

    def entry(self, index: int) -> Entry | None:
        """Return the entry at an index, from 1."""
        with self._reading() as session:
            rows = session.all(_BY_INDEX, {"index": index})
        return Entry(*rows[0][1:]) if rows else None

    def size(self) -> int:
        """Return the index of the last entry, 0 for none."""
        with self._reading() as session:
            return self._last(session)

    def head(self) -> Head:
        """Return the head of the tree as stored."""
        with self._reading() as session:
            return self._stored(session)

    def digests(self, start: int, end: int) -> list[Leaf]:
        """Return the leaves number `start` to `end` - 1 of the tree, counted from 0."""
        with self._reading() as session:
            return list(self._leaves(session, start, end))

    def tile(self, level: int, n: int) -> bytes | None:
        """Return the full tile as stored; None where it is not full yet."""
        with self._reading() as session:
            rows = session.all(_TILE, {"level": level, "n": n})
        return rows[0][0] if rows else None

    def hashes(self, level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile, full or not."""
        data = self._edge.partial(level, n, width)
        if data is None:
            data = self.tile(level, n)
        if data is None:  # others have written since
            with self._reading() as session:
                data = self._caught_up(session).partial(level, n, width)
        if data is None or len(data) < width * HASH_SIZE:
            raise ValueError(f"the tree has no tile {level}/{n} of {width} hashes")
        return data[: width * HASH_SIZE]

    def save_checkpoint(self, size: int, note: bytes) -> None:
        """Keep the signed note over the tree of `size`, in place of an earlier one."""
        with self._writing, self._changing() as session:
            session.run(
                "INSERT INTO checkpoints (size, note) VALUES (:size, :note) "
                "ON CONFLICT (size) DO UPDATE SET note = excluded.note",
                {"size": size, "note": note},
            )

    def checkpoint(self, size: int | None = None) -> tuple[int, bytes] | None:
        """Return size and note of the latest checkpoint, or of the one of `size`."""
        test = "" if size is None else "WHERE size = :size"
        statement = f"SELECT size, note FROM checkpoints {test} ORDER BY size DESC LIMIT 1"  # noqa: S608
        with self._reading() as session:
            rows = session.all(statement, {} if size is None else {"size": size})
        return (rows[0][0], rows[0][1]) if rows else None

    def checkpoints(self, last: int) -> Iterator[tuple[int, bytes]]:
        """Yield size and note of the checkpoints of at most `last` entries, by size."""
        after, rows = -1, None
        while rows is None or len(rows) == PAGE:
            with self._reading() as session:
                rows = session.all(_CHECKPOINTS, {"after": after, "last": last, "page": PAGE})
            for size, note in rows:
                after = size
                yield size, note

    def payloads(self) -> Iterator[Sealed]:
        """Yield the encrypted payloads by their ids; those that come or go meanwhile, or not."""
        after, rows = "", None
        while rows is None or len(rows) == FEW:
            with self._reading() as session:
                rows = session.all(_PAYLOADS, {"after": after, "page": FEW})
            for row in rows:
                after = row[0]
                yield Sealed(*row)

    def payload(self, id: str) -> Sealed | None:  # noqa: A002 - the field's name
        """Return an encrypted payload; None where it never was, was erased or expired."""
        with self._reading() as session:
            rows = session.all(
                "SELECT id, subject, at, blob, digest FROM payloads WHERE id = :id", {"id": id}
            )
        return Sealed(*rows[0]) if rows else None

    def payload_ids(self, subject: str) -> list[str]:
        """Return the ids of the payloads kept about a subject, oldest first."""
        with self._reading() as session:
            rows = session.all(
                "SELECT id FROM payloads WHERE subject = :subject ORDER BY at, id",
                {"subject": subject},
            )
        return [row[0] for row in rows]

    def key(self, subject: str) -> bytes | None:
        """Return the wrapped key of a subject."""
        with self._reading() as session:
            rows = session.all(_SUBJECT_KEY, {"subject": subject})
        return rows[0][0] if rows else None

    def has_keys(self) -> bool:
        """Return whether any subject has a key here."""
        with self._reading() as session:
            return bool(session.all("SELECT 1 FROM subject_keys LIMIT 1"))

    def put_key(self, subject: str, wrapped: bytes) -> bytes:
        """Keep a wrapped key unless there is one; return the one that is stored: first wins."""
        with self._writing, self._changing() as session:
            session.run(
                "INSERT INTO subject_keys (subject, wrapped) VALUES (:subject, :wrapped) "
                "ON CONFLICT (subject) DO NOTHING",
                {"subject": subject, "wrapped": wrapped},
            )
            rows = session.all(_SUBJECT_KEY, {"subject": subject})
        return bytes(rows[0][0])

    def destroy(
        self, subject: str, *, told: Told | None = None, unless: Since | None = None
    ) -> int:
        """Delete the key and all payloads of a subject; return how many payloads there were."""
        values = {"subject": subject}

        def delete(session: Session) -> _Deleted:
            session.run("DELETE FROM subject_keys WHERE subject = :subject", values)
            count = session.run("DELETE FROM payloads WHERE subject = :subject", values)
            return _Deleted(count, more=False)

        return self._delete(delete, told, unless)

    def expire(
        self,
        before: str,
        except_subjects: Collection[str] = (),
        *,
        told: Told | None = None,
        unless: Since | None = None,
        limit: int | None = None,
    ) -> int:
        """Delete payloads kept before a moment, but for those subjects; return how many."""
        held = set(except_subjects)

        def delete(session: Session) -> _Deleted:
            due, more = _due(session, before, held, limit)
            for start in range(0, len(due), CHUNK):
                part = due[start : start + CHUNK]
                part += part[:1] * (CHUNK - len(part))
                session.run(_DROP, {f"id{at}": id_ for at, id_ in enumerate(part)})
            return _Deleted(len(due), more)

        return self._delete(delete, told, unless)

    def _delete(
        self, delete: Callable[[Session], _Deleted], told: Told | None, unless: Since | None
    ) -> int:
        """Delete, and record it, in one transaction; then overwrite what was deleted."""
        entries: Sequence[Entry] = ()
        with self._writing:
            try:
                with self._changing() as session:
                    if unless is not None and session.all(_SINCE, unless._asdict()):
                        raise Overtaken(f"{self.location}: {unless.kind} came in meanwhile")
                    count, more = delete(session)
                    entries = told(count) if told is not None else ()
                    edge = self._grown(session, entries, ()) if entries else self._edge
            except Taken as cause:
                raise self._already(entries) from cause.__cause__
            self._edge = edge
        self._untidy = self._untidy or bool(count or entries) or told is None
        # a look that found nothing leaves nothing behind; of several the last one tidies up
        if self._untidy and not more:
            self._scrub()  # waits for readers: whoever writes does not
            self._untidy = False
        return count

    @abstractmethod
    def _scrub(self) -> None:
        """Overwrite what was deleted, as far as the database can."""

    @abstractmethod
    def close(self) -> None:
        """Release what is held."""


class _Deleted(NamedTuple):
    """How many payloads were deleted, and whether more are due."""

    payloads: int
    more: bool


def _due(
    session: Session, before: str, held: Collection[str], limit: int | None
) -> tuple[list[str], bool]:
    """Return the ids of the oldest payloads that are due, and whether there are more."""
    due: list[str] = []
    room = LARGE
    last = ("", "")
    while True:
        values = {"before": before, "at": last[0], "id": last[1], "page": PAGE}
        rows = session.all(_DUE, values)
        for id_, subject, at, size in rows:
            last = (at, id_)
            if subject in held:
                continue
            if limit is not None and (len(due) >= limit or (due and size > room)):
                return due, True
            due.append(id_)
            room -= size
        if len(rows) < PAGE:
            return due, False


class Taken(Exception):
    """A key is there already; raised by `_changing`."""


_CHECKPOINTS = (
    "SELECT size, note FROM checkpoints WHERE size > :after AND size <= :last "
    "ORDER BY size LIMIT :page"
)
_PAYLOADS = (
    "SELECT id, subject, at, blob, digest FROM payloads WHERE id > :after ORDER BY id LIMIT :page"
)
_DUE = (
    "SELECT id, subject, at, LENGTH(blob) FROM payloads WHERE at < :before "
    "AND (at, id) > (:at, :id) ORDER BY at, id LIMIT :page"
)
_DROP = f"DELETE FROM payloads WHERE id IN ({', '.join(f':id{at}' for at in range(CHUNK))})"  # noqa: S608
_SEAL = (
    "INSERT INTO payloads (id, subject, at, blob, digest) "
    "VALUES (:id, :subject, :at, :blob, :digest)"
)
_ADD_TILE = "INSERT INTO tiles (level, n, hashes) VALUES (:level, :n, :data)"
_TILE = "SELECT hashes FROM tiles WHERE level = :level AND n = :n"
_LEAVES = (
    'SELECT "index", kind, digest FROM records '
    'WHERE "index" > :start AND "index" <= :end ORDER BY "index"'
)
_SINCE = (
    'SELECT 1 FROM records WHERE kind = :kind AND "index" > :after '
    "AND run = COALESCE(:run, run) LIMIT 1"
)
_BY_KEY = 'SELECT "index" FROM records WHERE key = :key'
_BY_INDEX = f'SELECT {_COLUMNS} FROM records WHERE "index" = :index'  # noqa: S608 - no value in it
_SUBJECT_KEY = "SELECT wrapped FROM subject_keys WHERE subject = :subject"


def _index_of(found: tuple[int, Entry]) -> int:
    return found[0]


def _head_values(edge: Edge) -> dict[str, Any]:
    return {"size": edge.size, "root": edge.root}


def _sealed_values(sealed: Sealed) -> dict[str, Any]:
    return {
        "id": sealed.id,
        "subject": sealed.subject,
        "at": sealed.at,
        "blob": sealed.blob,
        "digest": sealed.digest,
    }
