"""How a migration reaches the database: by the connection handed in, or by PORTAL_DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection

from portal.store.engine import make_engine
from portal.store.tables import Base


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = make_engine(os.environ["PORTAL_DATABASE_URL"])
    with engine.connect() as own:
        _run(own)
        own.commit()
    engine.dispose()
