"""The tables of a store. What is written here is what the migrations make: a test holds them together."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

HEAD = "0001"
"""The newest migration, known without Alembic, which takes long to import."""
KNOWN = (HEAD,)
"""All migrations; a store of another is a newer azscheck's."""
VERSION_TABLE = "azscheck_version"

metadata = MetaData()

frames = Table(
    "azscheck_frames",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("series", String(16), nullable=False),
    # The lines of saved results without their times and numbers, which many runs share.
    Column("forms", LargeBinary, nullable=False),
    Index("azscheck_frames_series", "series"),
    sqlite_autoincrement=True,
)

runs = Table(
    "azscheck_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    # Given once, and carried by exported files: what is imported twice is there once.
    Column("key", String(32), nullable=False, unique=True),
    # SHA-256 of the saved results. It is what tells a whole run: content that has another one is damaged.
    Column("digest", String(64), nullable=False, index=True),
    # Of the stamps and the sets: runs of one series can be compared.
    Column("series", String(16), nullable=False),
    # Times as azscheck writes them, which sort.
    Column("now", String(20), nullable=False),
    Column("collected", String(20), nullable=False),
    Column("tool", Text, nullable=False),
    Column("stamps", Text, nullable=False),
    Column("sets", Text, nullable=False),
    Column("infrastructure", String(16), nullable=False),
    Column("tenant", String(16), nullable=False),
    Column("incomplete", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("unjudged", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    # By policy and stamp, for trends.
    Column("counts", LargeBinary, nullable=False),
    # The numbers of the findings that fail, a bit each.
    Column("failing", LargeBinary, nullable=False),
    Column("frame", Integer, ForeignKey("azscheck_frames.id"), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("azscheck_runs_series", "series", "now"),
    sqlite_autoincrement=True,
)

findings = Table(
    "azscheck_findings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("finding", String(16), nullable=False, unique=True),
    sqlite_autoincrement=True,
)
