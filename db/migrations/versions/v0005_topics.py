"""The topic in which a group was linked, and the rights that are missing there."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of groups linked before neither is known."""
    op.add_column("chats", Column("thread", Text))
    op.add_column("chats", Column("lacks", Text))


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
