"""Leads: reporting one, its card, news to reporters, pasted lists, recall from a group."""
