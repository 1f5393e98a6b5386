"""Whose role a granted one is: that of the person whom somebody stands in for."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody stood in for anybody before."""
    whole = BigInteger().with_variant(Integer(), "sqlite")
    op.add_column("grants", Column("instead_of", whole))


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
