"""What Alembic runs. Law: it uses the connection it is given, and opens none."""

from __future__ import annotations

from alembic import context

from api.storage import audit_tables, identity_tables, plan_tables, visit_tables  # noqa: F401 - tables of `Base`
from api.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
