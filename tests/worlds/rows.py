"""Rows for tests: every column filled with something plain, what matters named."""

from typing import Any

from db.engine.tx import Tx
from db.schema import audit, facts, leads, outbox, waiting
from scoring.postings import Posting

NOW = 1_712_000_000


def fact(**given: Any) -> dict[str, Any]:
    """A row of `facts` without its number."""
    plain = {
        "plan": "2024",
        "kind": "lead",
        "unit": "info",
        "person": 1,
        "title": "",
        "link": "",
        "details": "{}",
        "topic": "",
        "claim": b"",
        "chat": "staff",
        "happened_at": NOW,
        "recorded_at": NOW,
        "supersedes": None,
    }
    return plain | given


def message(key: str, **given: Any) -> dict[str, Any]:
    """A row of `outbox` without its number."""
    plain = {
        "key": key,
        "kind": "reply",
        "platform": "web",
        "chat": "staff",
        "person": None,
        "sealed": b"sealed",
        "due_at": NOW,
        "attempts": 0,
        "state": "waiting",
        "settled_at": None,
        "message": "",
        "failure": "",
    }
    return plain | given


def posting(**given: Any) -> Posting:
    """One lead more."""
    plain: dict[str, Any] = {
        "unit": "info",
        "measure": "lead.reported",
        "period": "2024-04",
        "delta": 1,
        "happened_at": NOW,
        "recorded_at": NOW,
        "fact": 1,
    }
    return Posting(**(plain | given))


def report(tx: Tx, name: str) -> int:
    """Six rows in six tables and a tally, as one report writes them; its number."""
    number = tx.add(facts, **fact(title=name))
    tx.add(leads, fact=number, phone_hash=tx.vault.digest("phone", name), sealed=b"sealed")
    tx.add(waiting, fact=number, kind="lead", unit="info", since=NOW)
    tx.enter("2024", [posting(fact=number)])
    tx.add(audit, at=NOW, person=1, action="lead", subject=f"#{number}", chat="staff")
    tx.add(outbox, **message(f"reply {number}"))
    return number
