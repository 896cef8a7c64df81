"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Frames, runs and findings."""
    op.create_table(
        "azscheck_frames",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("series", sa.String(16), nullable=False),
        sa.Column("forms", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("azscheck_frames_series", "azscheck_frames", ["series"])
    op.create_table(
        "azscheck_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(32), nullable=False, unique=True),
        sa.Column("digest", sa.String(64), nullable=False, index=True),
        sa.Column("series", sa.String(16), nullable=False),
        sa.Column("now", sa.String(20), nullable=False),
        sa.Column("collected", sa.String(20), nullable=False),
        sa.Column("tool", sa.Text, nullable=False),
        sa.Column("stamps", sa.Text, nullable=False),
        sa.Column("sets", sa.Text, nullable=False),
        sa.Column("infrastructure", sa.String(16), nullable=False),
        sa.Column("tenant", sa.String(16), nullable=False),
        sa.Column("incomplete", sa.Integer, nullable=False),
        sa.Column("findings", sa.Integer, nullable=False),
        sa.Column("unjudged", sa.Integer, nullable=False),
        sa.Column("judged", sa.Integer, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
        sa.Column("failing", sa.LargeBinary, nullable=False),
        sa.Column("frame", sa.Integer, sa.ForeignKey("azscheck_frames.id"), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("azscheck_runs_series", "azscheck_runs", ["series", "now"])
    op.create_table(
        "azscheck_findings",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("finding", sa.String(16), nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
