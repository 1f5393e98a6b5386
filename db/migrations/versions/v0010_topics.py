"""The topic in which a group was linked."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; groups linked before have no topic."""
    op.add_column("chats", Column("thread", Text))


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
