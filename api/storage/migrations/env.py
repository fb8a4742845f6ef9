"""What Alembic runs. Law: it uses the connection it is given, and opens none."""

from __future__ import annotations

from alembic import context

from api.storage import (  # noqa: F401 - whose tables are among those of `Base`
    audit_tables,
    basis_tables,
    identity_tables,
    network_tables,
    plan_tables,
    visit_tables,
)
from api.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
