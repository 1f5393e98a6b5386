"""What the rows of a table mean at this school: whose they are, what they claim, what is there
already. Reads a snapshot; nothing is written."""

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from commands.chat.errors import Refusal
from commands.grammar import arguments, lexicon
from commands.grammar.folding import fold
from commands.grammar.links import normalise_link
from commands.leads import report as leads
from commands.records.file import Fault, Row, Sheet
from commands.records.kinds import BOOKABLE
from commands.reports import posts
from commands.wording.formats import short
from commands.wording.sentences import say
from db import ledger, records
from db.engine.tx import Reading
from db.people import Directory, Person
from scoring.facts import Verb
from scoring.moments import Instant, day_of, end_of, start_of
from scoring.plan import Plan
from scoring.values import frozen

LEAD = "lead"
POSTS = ("news", "soft_article", "column", "video")

UNNAMED = "record"
"""The topic under which a row claims its kind, unit, day and title where nothing else names it."""

_MINUTES = re.compile(r"(\d{1,4})\s*(?:分钟|min)", re.IGNORECASE)
_INTRO = re.compile(r"PPT|视频", re.IGNORECASE)


@frozen
class Entry:
    """A row as it will be booked. `person`: the id of whose it is; `identity`: name, phone and note
    of a lead, to be sealed."""

    line: int
    kind: str
    unit: str
    person: int
    at: Instant
    title: str
    link: str
    verb: str
    note: str
    claim: tuple[str, str]
    details: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, str, str] | None = None


@frozen
class Known:
    """A row that is left out: `number` stands already, or (0) line `same` of the table says it."""

    line: int
    number: int = 0
    same: int = 0

    def __str__(self) -> str:
        key = "records.known" if self.number else "records.said_twice"
        return say(key, line=self.line, number=self.number, same=self.same)


@frozen
class Meaning:
    """All rows of a table: what can be booked, what is left out, what is wrong."""

    entries: tuple[Entry, ...]
    known: tuple[Known, ...]
    faults: tuple[Fault, ...]


def meant(tx: Reading, plan: Plan, people: Directory, sheet: Sheet) -> Meaning:
    """Work out every row; nothing may be booked while there are faults."""
    reader = _Reader(tx, plan, people)
    entries, known, faults = [], [], list(sheet.faults)
    lines: dict[tuple[str, str], int] = {}
    for row in sheet.rows:
        try:
            entry = reader.entry(row)
            number = reader.standing(entry)
        except ledger.Held as held:
            known.append(Known(line=row.line, number=held.number))
            continue
        except Refusal as why:
            faults.append(Fault(line=row.line, reason=str(why)))
            continue
        same = lines.setdefault(entry.claim, row.line)
        if number or same != row.line:
            known.append(Known(line=row.line, number=number, same=same))
        else:
            entries.append(entry)
    faults.sort(key=lambda one: one.line)
    return Meaning(entries=tuple(entries), known=tuple(known), faults=tuple(faults))


class _Reader:
    def __init__(self, tx: Reading, plan: Plan, people: Directory) -> None:
        self.tx = tx
        self.plan = plan
        self.people = people
        self.words = lexicon.build(plan, people.by_id.values())

    def entry(self, row: Row) -> Entry:
        """Raises Refusal for a row that cannot be booked, ledger.Held for a link of another's."""
        person = self._person(row)
        unit = row.unit or person.unit
        self._asked_of(row.kind, unit)
        if row.kind == LEAD:
            return self._lead(row, unit, person)
        details, claim = self._rest(row, unit)
        return Entry(
            line=row.line,
            kind=row.kind,
            unit=unit,
            person=person.id,
            at=row.at,
            title=row.title,
            link=row.link,
            verb=self._verb(row),
            note=row.note,
            claim=claim,
            details=details,
        )

    def standing(self, entry: Entry) -> int:
        """The number of the fact that says the same, standing or rejected; 0 for none."""
        number = ledger.claimed(self.tx, self.plan, *entry.claim)
        if number is not None or entry.kind == LEAD:
            return number or 0
        day = day_of(entry.at)
        said = fold(entry.title), entry.link
        for row in records.beside(
            self.tx, self.plan, entry.unit, entry.kind, since=start_of(day), until=end_of(day)
        ):
            if (fold(row.title), row.link) == said:
                return int(row.id)
        return 0

    # --- whose ----------------------------------------------------------------------------

    def _person(self, row: Row) -> Person:
        """Whom the row names; where it names nobody, who reports for the unit."""
        if row.person:
            return self._one(row.person, row.unit, "records.person")
        if row.kind == LEAD:
            raise Refusal(say("records.no_person"))
        found = (*self.people.officers(row.unit), *self.people.heads(row.unit))
        if not found:
            raise Refusal(say("records.nobody", unit=short(self.plan, row.unit)))
        return found[0]

    def _one(self, said: str, unit: str, unknown: str) -> Person:
        by_number = self.people.by_staff_no.get(said.upper())
        found = (by_number,) if by_number else self.people.named(said)
        here = tuple(one for one in found if one.unit == unit)
        found = here if len(found) > 1 and here else found
        if len(found) != 1:
            raise Refusal(say("records.namesakes" if found else unknown, said=said[:20]))
        return found[0]

    def _asked_of(self, kind: str, unit: str) -> None:
        item = self.plan.item.get(BOOKABLE[kind].item)
        if unit not in self.plan.by_code or (item is not None and unit not in item.units):
            word = self.plan.kinds[kind].word
            raise Refusal(say("records.not_asked", word=word, unit=short(self.plan, unit)))

    def _verb(self, row: Row) -> str:
        kind = self.plan.kinds[row.kind]
        if row.verb == Verb.OFF_TOPIC and row.kind != "video":
            raise Refusal(say("records.off_topic"))
        if not kind.deciders:
            if row.verb not in ("", Verb.APPROVE):
                raise Refusal(say("records.undecided", word=kind.word))
            return ""
        return row.verb

    # --- what -----------------------------------------------------------------------------

    def _lead(self, row: Row, unit: str, person: Person) -> Entry:
        said = arguments.read(leads.lead.slots, row.title, self.words, self.plan.year, row.at)
        if said.problem or said.missing:
            raise Refusal(said.problem or say("records.no_title"))
        name, phone, note = identity = leads.identity_in(self.tx, said.values)
        unnamed = f"{person.id} {day_of(row.at)} {fold(name)} {fold(note)}"
        return Entry(
            line=row.line,
            kind=LEAD,
            unit=unit,
            person=person.id,
            at=row.at,
            title="",
            link="",
            verb=self._verb(row),
            note=row.note,
            claim=("phone", phone) if phone else (UNNAMED, f"{LEAD} {unnamed}"),
            details=leads.wishes_in(said.values),
            identity=identity,
        )

    def _rest(self, row: Row, unit: str) -> tuple[dict[str, Any], tuple[str, str]]:
        """What else is kept of a row, and what it claims."""
        title, day = fold(row.title), day_of(row.at)
        unnamed = (UNNAMED, f"{row.kind} {unit} {day} {title}")
        if row.kind in POSTS:
            posts.check(self.plan, unit, row.kind, row.link)
            held = posts.claim_of(self.tx, self.plan, unit, row.kind, row.link)
            return {}, held or unnamed
        if row.kind == "handover":
            return {}, ("handover", self.plan.by_code[unit].account or unit)
        if row.kind == "recommend":
            teacher = self._one(row.title, unit, "records.teacher")
            if teacher.unit != unit:
                raise Refusal(say("records.teacher", said=row.title[:20]))
            return {"teacher": teacher.id}, ("teacher", str(teacher.id))
        if row.kind == "live":
            return {"minutes": _minutes(row)}, ("live", f"{unit} {day} {title}")
        details = {"what": _what(row)} if row.kind == "intro" else {}
        linked = row.link.startswith("http")
        return details, ("link", normalise_link(row.link)) if linked else unnamed


def _minutes(row: Row) -> int:
    found = _MINUTES.search(f"{row.title} {row.note}")
    if found is None:
        raise Refusal(say("records.no_minutes"))
    return int(found[1])


def _what(row: Row) -> str:
    found = _INTRO.search(f"{row.title} {row.note}")
    if found is None:
        raise Refusal(say("records.no_what"))
    return found[0].upper()


def sentences(meaning: Meaning) -> Iterator[str]:
    """The faults, or the rows that are left out, a line each."""
    yield from map(str, meaning.faults or meaning.known)
