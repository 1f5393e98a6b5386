"""待审: what waits for the visitor's decision, and what waits for them as the second person."""

import re
from collections import Counter

from bot.pages import pictures
from bot.pages.views.lists import PAGE, chosen, number
from bot.pages.visits import Shown, Visit
from commands.answering import may_answer
from commands.conversation import proposals
from commands.filing.describe import entry_of, what
from commands.filing.kinds import KINDS
from commands.review import patterns, waiting
from commands.review.likeness import Titles
from commands.review.queue import ANSWERS
from commands.wording.formats import short, since
from db import appeals, ledger
from db.engine.tx import Reading
from scoring.moments import Instant
from scoring.values import frozen

LEAD = "lead"
NUMBER = re.compile(r"#(\d+)")


@frozen
class Waits:
    """A fact that waits. `site` and `path`: its link, the host apart; `flags`: what stands out,
    with the report that is meant; `ways`: the commands that decide it, each with its key."""

    number: int
    kind: str
    unit: str
    what: str
    link: str
    site: str
    path: str
    by: str
    since: str
    flags: list[tuple[str, ledger.Entry | None]]
    pictures: list[int]
    ways: tuple[tuple[str, str, bool], ...]


@frozen
class Asked:
    """A proposal that waits for the visitor: its number, who asked when, and the line."""

    number: int
    by: str
    at: Instant
    word: str
    line: str


def show(visit: Visit, tx: Reading) -> Shown:
    """A page of the queue, by kind and unit if the address says so."""
    kind = chosen(visit, "kind", list(visit.plan.kinds))
    unit = chosen(visit, "unit", list(visit.plan.by_code))
    after = number(visit, "after")
    totals = waiting.totals(visit, tx)
    kinds = [code for code in visit.plan.kinds if code != LEAD and _of(totals, kind=code)]
    units = [code for code in visit.plan.by_code if any(totals[one, code] for one in kinds)]
    wanted = [kind] if kind in kinds else [] if kind else kinds
    rows = waiting.part(visit, tx, wanted, after=after, most=PAGE + 1, unit=unit) if wanted else []
    entries = [entry_of(tx, row.fact) for row in rows[:PAGE]]
    pictured = pictures.of(visit, tx, entries)
    titles = Titles(tx, visit.plan, entries)
    return Shown(
        data={
            "rows": [
                _waits(visit, tx, one, pictured.get(one.number, []), titles) for one in entries
            ],
            "total": sum(_of(totals, kind=one, unit=unit) for one in wanted),
            "leads": _of(totals, kind=LEAD),
            "kinds": [(one, visit.plan.kinds[one].word) for one in kinds],
            "units": [(one, short(visit.plan, one)) for one in units],
            "kind": kind,
            "unit": unit,
            "after": after,
            "next": entries[-1].number if len(rows) > PAGE else 0,
            "asked": _asked(visit, tx),
        }
    )


def _of(totals: Counter[tuple[str, str]], *, kind: str, unit: str = "") -> int:
    return sum(total for (one, of), total in totals.items() if one == kind and unit in ("", of))


def _waits(
    visit: Visit, tx: Reading, entry: ledger.Entry, pictured: list[int], titles: Titles
) -> Waits:
    flags = patterns.flags(tx, visit.plan, visit.people, entry, titles)
    by = visit.people.by_id.get(entry.fact.person)
    site, path = _parted(entry.link)
    return Waits(
        number=entry.number,
        kind=visit.plan.kinds[entry.fact.kind].word,
        unit=short(visit.plan, entry.fact.unit),
        what=what(visit, entry),
        link=entry.link if entry.link.startswith(("http://", "https://")) else "",
        site=site,
        path=path,
        by=by.name if by else "",
        since=since(entry.fact.happened_at, visit.now),
        pictures=pictured,
        flags=[(said, _meant(tx, said)) for said in flags],
        ways=_ways(entry),
    )


def _meant(tx: Reading, said: str) -> ledger.Entry | None:
    """The report that a sentence names."""
    found = NUMBER.search(said)
    return ledger.entry(tx, int(found[1])) if found else None


def _parted(link: str) -> tuple[str, str]:
    """The host of a link, which tells more than the rest of it, and the rest."""
    site, slash, path = link.partition("://")[2].partition("/")
    return site, slash + path


def _ways(entry: ledger.Entry) -> tuple[tuple[str, str, bool], ...]:
    """What may be said of it: the line, the key, and whether a reason is wanted."""
    at = f"#{entry.number}"
    if entry.fact.kind in appeals.KINDS:
        return tuple(
            (f"resolve {at} {word}", key, True) for word, key in zip(ANSWERS, "ar", strict=True)
        )
    ways = [(f"approve {at}", "a", False), (f"reject {at}", "r", True)]
    if KINDS[entry.fact.kind].topical:
        ways.append((f"offtopic {at}", "o", False))
    return tuple(ways)


def _asked(visit: Visit, tx: Reading) -> list[Asked]:
    """The proposals of others that the visitor may answer, by the function that the chat asks."""
    found = []
    for one in proposals.for_others(tx, visit.now):
        kept = proposals.proposal(tx, one, visit.now)
        if kept is None or not may_answer(tx, visit.plan, visit.people, visit.who, kept[0]):
            continue
        row, said = kept
        asker = visit.people.by_id.get(row.person)
        word, _, rest = said["line"].partition(" ")
        found.append(
            Asked(
                number=one,
                by=asker.name if asker else "",
                at=row.created_at,
                word=visit.world.registry.shown(word),
                line=rest,
            )
        )
    return found
