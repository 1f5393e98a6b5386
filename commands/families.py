"""The modules whose commands make up the application; one left out cannot be used."""

from types import ModuleType

from commands import untitled
from commands.admissions import desk, erasure, named
from commands.appeals import appeal, doubt, progress, resolve
from commands.assessment import awards, trainings, waivers
from commands.conversation import dialogue, jobs
from commands.corrections import edits, undo
from commands.evidence import others
from commands.evidence import pictures as evidence
from commands.help import help
from commands.leads import recall, report
from commands.months import monthly_report
from commands.office import calendar, deputies, grants, mute, oversight, reminders, settings
from commands.onboarding import binding, groups, waiting_room, web
from commands.plans import agreed, in_force, otherwise, page, publish, switch, turn
from commands.records import importing as ledgers
from commands.reports import (
    clicks,
    deans_approval,
    milestones,
    on_behalf,
    posts,
    publications,
    turns,
)
from commands.review import decide, picking, queue
from commands.roster import importing, one_person
from commands.scores import (
    agenda,
    clauses,
    explanation,
    export,
    mine,
    missing,
    pictures,
    rank,
    score,
    todo,
    trend,
    why,
)
from commands.tasks import issuing, jielong, participation

FAMILIES: tuple[ModuleType, ...] = (
    desk,
    dialogue,
    help,
    groups,
    importing,
    one_person,
    clauses,
    mine,
    resolve,
    appeal,
    waiting_room,
    deans_approval,
    doubt,
    edits,
    erasure,
    evidence,
    explanation,
    export,
    in_force,
    otherwise,
    page,
    publish,
    switch,
    agreed,
    turn,
    deputies,
    grants,
    report,
    jobs,
    milestones,
    missing,
    undo,
    monthly_report,
    on_behalf,
    others,
    oversight,
    todo,
    agenda,
    participation,
    pictures,
    publications,
    turns,
    ledgers,
    queue,
    mute,
    named,
    rank,
    reminders,
    posts,
    decide,
    picking,
    calendar,
    score,
    settings,
    binding,
    issuing,
    jielong,
    recall,
    trainings,
    clicks,
    waivers,
    web,
    awards,
    untitled,
    why,
    trend,
    progress,
)
