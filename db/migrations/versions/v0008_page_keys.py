"""The table of links into the signed-in pages and of sessions there."""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def integer(name: str) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=False, autoincrement=False)


def text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "page_keys",
        Column("hash", LargeBinary, nullable=False),
        text("kind"),
        integer("person"),
        text("platform"),
        text("account"),
        text("chat"),
        text("rights"),
        integer("ends_at"),
        PrimaryKeyConstraint("hash"),
    )
    op.create_index("page_keys_person", "page_keys", ["person"])


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
