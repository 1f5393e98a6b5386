"""Releases what a standing fact claims, by the key it was claimed with."""

from sqlalchemy import bindparam, delete

from db.engine.tx import Tx
from db.schema import claims

_RELEASE = delete(claims).where(
    claims.c.plan == bindparam("of_plan"),
    claims.c.topic == bindparam("about"),
    claims.c.hash == bindparam("held"),
    claims.c.fact == bindparam("number"),
)


def release(tx: Tx, plan: str, topic: str, held: bytes, number: int) -> None:
    """Release the claim of this fact; a claim that another fact holds meanwhile stays."""
    tx.change(_RELEASE, of_plan=plan, about=topic, held=held, number=number)
