"""What Alembic runs. Law: it uses the connection it is given, and opens none."""

from __future__ import annotations

from alembic import context

from api.storage import (
    audit_tables,  # noqa: F401 - its tables belong to the metadata
    plan_tables,  # noqa: F401 - which says what its tables are
)
from api.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
