"""Reminders of pending work: reviews, leads, views, closing tasks; and notices about the bot."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from commands.chat.requests import Asking
from commands.conversation import calls
from commands.duties import agenda as dates
from commands.duties import obligations
from commands.filing.backlog import handed_on
from commands.filing.deciders import DECIDERS, able, decidable, decided_kinds, matter, may_decide
from commands.review import shares
from commands.tasks.issuing import card_buttons
from commands.wording.formats import address, cut, days_ago, deadline, unit_name, weekday
from commands.wording.sentences import lines, say
from commands.wording.terms import ACTS
from db import agendas, ledger, outbox, reminders, tasks
from db.engine.tx import Row
from db.people import ADMIN, Person
from reminders.deadlines import named
from reminders.planning import MORNING, THURSDAY, Occurrence
from reminders.scene import DEAN, IN_AN_HOUR, MEDIA, NEXT_MORNING, Item, Scene, press, to_each
from scoring.moments import DAY, Instant, day_of, end_of, start_of

MANY_LEADS = 50
OLD_LEADS = 7
"""Leads are mentioned from this many on, or once the oldest has waited this many days (C11)."""

AGENDA = "agenda"
"""The long work that makes a calendar file."""

SAID = 3
"""The most changed dates that are named."""

OLD_REVIEWS = 3
"""Days after which a waiting review is also mentioned on Thursdays."""


def queue(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To every decider with something waiting: everything at the beginning of a week, on Thursdays
    only what has waited long."""
    thursday = date.fromisoformat(occurrence.period).weekday() == THURSDAY
    people = scene.present(
        one for role in DECIDERS.split() for one in scene.world.people.with_role(role)
    )
    for person in people:
        waiting = ledger.queue(scene.tx, decided_kinds(scene.plan, person))
        rows = decidable(
            scene.plan,
            scene.world.people,
            person,
            waiting,
            handed=lambda row: handed_on(scene.tx, row.since, scene.now),
        )
        reviews = [row for row in rows if row.kind != "lead"]
        if thursday and _age(reviews, scene.now) < OLD_REVIEWS:
            reviews = []
        leads = [row for row in rows if row.kind == "lead"]
        if len(leads) < MANY_LEADS and _age(leads, scene.now) < OLD_LEADS:
            leads = []
        text = lines(_waits("reviews", reviews, scene.now), _waits("leads", leads, scene.now))
        if text:
            buttons = (
                *((press("one_by_one", "card"),) if reviews else ()),
                *shares.halves(len(reviews), _reviewers(reviews, people, scene)),
                *((press("pending", "pending"),) if leads else ()),
            )
            head = _greeting(person, scene)
            yield Item(person=person, text=head + text, actions=buttons, snooze=IN_AN_HOUR)


def _reviewers(rows: list[Row], people: list[Person], scene: Scene) -> int:
    """How many people may decide on the most common kind among the waiting."""
    if not rows:
        return 0
    counts = Counter(matter(scene.plan, scene.world.people, row) for row in rows)
    [(what, _)] = counts.most_common(1)
    return sum(may_decide(scene.plan, person, what) for person in people)


def _age(rows: list[Row], now: Instant) -> int:
    return max((days_ago(row.since, now) for row in rows), default=0)


def _waits(word: str, rows: list[Row], now: Instant) -> str:
    if not rows:
        return ""
    return say(f"remind.{word}_wait", total=len(rows), days=_age(rows, now))


def _greeting(person: Person, scene: Scene) -> str:
    if DEAN not in person.roles:
        return ""
    return say("remind.greeting", who=address(person, scene.plan))


def views(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To whoever reported a post that passed its first week since the last time: ask for views."""
    until = start_of(date.fromisoformat(occurrence.period)) + MORNING
    for unit in scene.plan.scored_units:
        bar = unit.views
        if bar is None or not bar.least:
            continue
        fresh: dict[int, list[ledger.Entry]] = {}
        for post in obligations.unread(scene.tx, scene.plan, unit.code, until):
            if post.fact.happened_at > until - obligations.read_after(scene.plan) - 7 * DAY:
                fresh.setdefault(post.fact.person, []).append(post)
        for number, posts in fresh.items():
            person = scene.world.people.by_id.get(number)
            if person is not None and scene.present([person]):
                first, *others = posts
                text = lines(
                    say(
                        "remind.views",
                        number=first.number,
                        title=cut(first.title, 20),
                        days=scene.plan.rhythm.views_after,
                    ),
                    say(
                        "remind.views_too" if others else "remind.views_bar",
                        said="、".join(f"#{post.number}" for post in others),
                        unit=unit_name(scene.plan, unit.code),
                        least=bar.least,
                    ),
                )
                yield Item(person=person, text=text, snooze=NEXT_MORNING)


# --- interaction tasks --------------------------------------------------------------------


def task(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To the groups, the workday before a task closes: its progress and its buttons."""
    today = date.fromisoformat(occurrence.period)
    following = scene.calendar.next_workday(today)
    for entry in tasks.open_tasks(scene.tx, scene.plan, scene.now):
        closes = int(entry.fact.details["closes"])
        if not end_of(today) < closes <= end_of(following):
            continue
        sums = tasks.sums(scene.tx, scene.plan, entry.number)
        said = "　".join(f"{ACTS[act]} {sums.get(act, 0)}" for act in entry.fact.details["metrics"])
        text = say(
            "remind.task",
            number=entry.number,
            title=cut(entry.title, 20),
            by=deadline(closes),
            said=said,
            staff=len(scene.world.people.staff_units),
        )
        for chat, _ in scene.groups:
            yield Item(chat=chat, text=text, actions=card_buttons(entry))


def settle(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To 融媒体中心, the workday after a task has closed: ask for its counters; at the beginning of
    a week also for those that an upheld appeal wants anew."""
    today = date.fromisoformat(occurrence.period)
    since = start_of(scene.calendar.workday(today, -1)) + MORNING
    for entry in tasks.unsettled(scene.tx, scene.plan):
        closes = int(entry.fact.details["closes"])
        if since < closes <= start_of(today) + MORNING:
            text = say(
                "remind.settle",
                number=entry.number,
                title=cut(entry.title, 20),
                by=deadline(closes),
                said=" ".join(f"{ACTS[act]}=…" for act in entry.fact.details["metrics"]),
            )
            yield from to_each(scene.role(MEDIA), text, snooze=NEXT_MORNING)
    if scene.calendar.workday(today, -1).isocalendar().week != today.isocalendar().week:
        for entry in tasks.to_settle_anew(scene.tx, scene.plan):
            text = say("remind.settle_anew", number=entry.number, title=cut(entry.title, 20))
            yield from to_each(scene.role(MEDIA), text, snooze=NEXT_MORNING)


# --- calendars --------------------------------------------------------------------------------


def agenda(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To whoever has a calendar file of ours: what changed in it, and the file anew."""
    for sent in agendas.all_sent(scene.tx, scene.plan.id):
        person = scene.world.people.by_id.get(sent.person)
        if person is None or not scene.present([person]):
            continue
        asking = Asking(
            plan=scene.plan, people=scene.world.people, who=person, at=scene.now, now=scene.now
        )
        found = dates.dates(scene.tx, asking)
        changed = dates.moved(sent.dates, found, scene.now)
        if not changed:
            continue
        texts = {one.key: one for one in found}
        said = [
            say("remind.agenda_date", text=texts[key].text, by=deadline(texts[key].at))
            for key in changed
            if key in texts
        ]
        gone = len(changed) - len(said)
        told = [*said[:SAID], *([say("remind.agenda_gone", total=gone)] if gone else [])]
        text = say(
            "remind.agenda",
            who=address(person, scene.plan),
            total=len(changed),
            said="；".join(told),
        )
        yield Item(person=person, text=text, brings=AGENDA)


# --- who cannot be written to -------------------------------------------------------------


def held(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To the groups, once a day: the people with messages that no private chat accepts (C22),
    except those who have never been bound."""
    people = list(outbox.held_people(scene.tx))
    for chat, own in scene.groups:
        text, named = calls.said(scene.world.people, people, own)
        if named:
            yield Item(chat=chat, text=text, calls=named)


# --- the house ----------------------------------------------------------------------------


def health(occurrence: Occurrence, scene: Scene) -> Iterator[Item]:
    """To the administrators, once a week: that the bot runs, and what did not arrive (C30)."""
    since = scene.now - 7 * DAY
    rows = [row for row in reminders.since(scene.tx, since) if row.state == reminders.SENT]
    failed = sum(row.delivery in (outbox.BURIED, outbox.HELD) for row in rows)
    counts = outbox.counts(scene.tx)
    text = lines(
        say(
            "remind.health",
            sent=len(rows) - failed,
            failed=failed,
            waiting=counts.get(outbox.WAITING, 0),
        ),
        *(
            say("calendar.unknown", year=year)
            for year in (day_of(scene.now).year,)
            if year not in scene.calendar.years
        ),
    )
    deaf = [
        unit
        for unit in scene.plan.scored_units
        if unit.quotas and not (scene.officers(unit) or scene.heads(unit))
    ]
    text = lines(text, say("remind.nobody", units=named(deaf)) if deaf else "")
    actions = (press("reminders", "reminders"), press("health", "health"))
    yield from to_each(scene.role(ADMIN), text, actions=actions)


def calendar(_: Occurrence, scene: Scene) -> Iterator[Item]:
    """To the administrators, in December: next year's holidays are still unknown."""
    text = say("remind.calendar", year=day_of(scene.now).year + 1)
    yield from to_each(scene.role(ADMIN), text, actions=(press("calendar", "calendar"),))


def ppt_unseen(rest: str, scene: Scene) -> Iterator[Item]:
    """To the dean, half an hour after a PPT (its number) came in on their last day: it waits."""
    number = int(rest)
    entry = ledger.entry(scene.tx, number)
    if entry is None or not any(row.fact == number for row in ledger.queue(scene.tx, ("ppt",))):
        return
    what = matter(scene.plan, scene.world.people, entry.fact)
    for dean in scene.present(able(scene.plan, scene.world.people, what)):
        who = address(dean, scene.plan)
        text = say(
            "remind.unseen",
            who=who,
            number=number,
            unit=unit_name(scene.plan, entry.fact.unit),
            day=weekday(day_of(scene.now)),
        )
        buttons = (
            press("approve", "approve", f"#{number}"),
            press("reject", "reject", f"#{number}"),
        )
        yield Item(person=dean, who=who, text=text, actions=buttons, snooze=IN_AN_HOUR)
