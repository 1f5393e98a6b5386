"""Pictures that show something of a fact, and their bytes."""

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def integer(name: str) -> Column[Any]:
    whole = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, whole, nullable=False, autoincrement=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "pictures",
        integer("id"),
        integer("fact"),
        Column("key", Text, nullable=False),
        integer("person"),
        integer("at"),
        Column("album", Text, nullable=False),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("fact", "key", "person"),
    )
    op.create_index("pictures_person", "pictures", ["person", "fact"])
    op.create_table(
        "picture_bytes",
        Column("key", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
