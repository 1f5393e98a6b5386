"""From a line to a command: the router, dialogues, proposals, jobs and the postbox."""
