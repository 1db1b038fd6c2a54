"""Alembic's entry: runs on the connection that :meth:`faircut.store.database.Database.migrate` hands over."""

from alembic import context

from faircut.store.models import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
