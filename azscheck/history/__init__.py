"""Runs that are kept: the store, and what is read from it.

A store is an SQLite file or a PostgreSQL. SQLAlchemy is imported when one is opened, Alembic when its schema is made.
"""
