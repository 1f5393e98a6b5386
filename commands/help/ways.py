"""The ways that `commands/ear/wishes.toml` names."""

from collections.abc import Mapping

from commands.help import asked, decided, offered, staffed
from commands.help.talk import Way

WAYS: Mapping[str, Way] = {
    "all_unseen": decided.all_unseen,
    "appeals": asked.cases,
    "assent": decided.assent,
    "calendar": decided.calendar,
    "cancel": offered.cancel,
    "clause": asked.clause,
    "correct": offered.correct,
    "courtesy": decided.courtesy,
    "depart": staffed.depart,
    "deputy": staffed.deputy,
    "details": asked.details,
    "doubt": offered.doubt,
    "erase": offered.erase,
    "export": asked.export,
    "grant": decided.grant,
    "greeting": decided.greeting,
    "how_to_lead": offered.how_to_lead,
    "intro": offered.introduction,
    "lead": offered.lead,
    "losses": asked.losses,
    "monthly": asked.monthly,
    "move": staffed.move,
    "mute": offered.mute,
    "nudge": asked.nudge,
    "of_class": offered.of_class,
    "officer": staffed.officer,
    "on_behalf": offered.on_behalf,
    "overview": asked.overview,
    "participation": offered.participation,
    "reject": decided.reject,
    "resolve": decided.resolve,
    "set": decided.setting,
    "settle": decided.settle,
    "silence": decided.silence,
    "status": asked.status,
    "take_back": staffed.take_back,
    "task_deadlines": asked.task_deadlines,
    "undo": offered.undo,
    "whatif": staffed.whatif,
    "who_has_not": asked.who_has_not,
}
