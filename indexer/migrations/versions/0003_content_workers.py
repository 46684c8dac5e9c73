"""Workers claim rows of missing content, one worker at a time each."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    taken = sa.Column("claimed_until", sa.Float(), nullable=False, server_default="0")
    op.add_column("contents", taken)


def downgrade() -> None:
    op.drop_column("contents", "claimed_until")
