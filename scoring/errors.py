"""The tree of errors. Each floor defines its own kinds below these.

Fault
├── UserError       a person can fix it: Chinese text with the next step, answered in the chat
│   ├── PlanFault      a plan file with faults (scoring.planlines)
│   └── …              commands.chat.errors, db.roster
├── OperatorError   an operator must fix it: one Chinese line on the shell, exit 2, no trace
│   ├── SettingsFault  (bot.settings)
│   └── DatabaseFault, KeyMismatch  (db.errors)
└── PlatformError   a platform did not accept a message (commands.chat.errors)
    ├── Retry          try again after `seconds`
    ├── Unreachable    this chat or person cannot be written to (Moved: it has a new id)
    └── Refused        this message will never be accepted
"""


class Fault(Exception):
    """Root of all errors raised on purpose."""


class UserError(Fault):
    """Carries the sentence the person sees: what did not happen, why, and what to do next."""


class OperatorError(Fault):
    """Carries one Chinese line for the operator, with the command that helps."""


class PlatformError(Fault):
    """A platform did not accept a message; the text is for the log, masked, never for people."""
