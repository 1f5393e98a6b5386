"""The one tree of errors. Each floor hangs its own kinds below these.

Fault
├── UserError       a person can mend it: Chinese words with the next step, answered in the chat
│   ├── PlanFault      a plan file that does not hold (scoring.planfile)
│   └── …              commands.chat.errors, db.roster
├── OperatorError   an operator must mend it: one Chinese line on the shell, exit 2, no trace
│   ├── SettingsFault  (bot.settings)
│   └── DatabaseFault, KeyMismatch  (db.engine.database)
└── PlatformError   a platform did not take a message (commands.chat.errors)
    ├── Retry          not now: after `seconds`
    ├── Unreachable    this chat or person cannot be written to (Moved: it goes on elsewhere)
    └── Refused        this message will never be taken
"""


class Fault(Exception):
    """Root of all errors we raise on purpose."""


class UserError(Fault):
    """Carries the sentence that the person sees: what did not happen, why, and the way on."""


class OperatorError(Fault):
    """Carries one Chinese line for whoever runs the process, with the command that helps."""


class PlatformError(Fault):
    """A platform did not take a message; the text is for the log, masked, never for people."""
