"""The tables of a journal file as sqlite-utils migrations; imported only to make or migrate a file."""

import sqlite3

import sqlite_utils
from sqlite_utils import Migrations

from firmware_py.journal.connection import APPLICATION_ID, SCHEMA_VERSION

_migrations = Migrations("hall_journal")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file's tables up to ``SCHEMA_VERSION``, each step in its own transaction.

    A migration must leave the file usable by the release before it, because an update can be rolled back.
    """
    database = sqlite_utils.Database(connection, execute_plugins=False)
    _migrations.apply(database)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def knows(connection: sqlite3.Connection) -> bool:
    """Whether every migration that the file has seen is one of this release; reads only."""
    database = sqlite_utils.Database(connection, execute_plugins=False)
    known = {applied.name for applied in _migrations.applied(database)}
    return known <= {m001_own_log.__name__, m002_streams.__name__}


@_migrations()
def m001_own_log(db: sqlite_utils.Database) -> None:
    """The instance's own log. ``prev_hash`` is the hash of the row before, so it is not stored twice."""
    db.execute(
        """
        CREATE TABLE meta (
            log TEXT NOT NULL,
            created TEXT NOT NULL,
            before_log TEXT NOT NULL,
            before_seq INTEGER NOT NULL,
            before_hash BLOB NOT NULL CHECK (length(before_hash) = 32)
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE record (
            seq INTEGER PRIMARY KEY,
            wall TEXT NOT NULL,
            boot TEXT NOT NULL,
            mono_ms INTEGER NOT NULL,
            actor TEXT NOT NULL,
            cmd_id TEXT NOT NULL,
            type TEXT NOT NULL,
            ticket TEXT NOT NULL,
            desk INTEGER NOT NULL,
            data TEXT NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT
        """
    )
    # INSERT OR REPLACE deletes without firing the DELETE trigger, hence a guard on INSERT too
    db.execute(
        """
        CREATE TRIGGER record_has_no_holes BEFORE INSERT ON record
        WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM record), 0)
        BEGIN SELECT raise(ABORT, 'a record is appended at the head and nowhere else'); END
        """
    )
    _refuse(db, "meta", "UPDATE", "DELETE")
    _refuse(db, "record", "UPDATE", "DELETE")


@_migrations()
def m002_streams(db: sqlite_utils.Database) -> None:
    """What other instances streamed here, and how far each has come.

    ``place`` is ``stream << 40 | seq``: the key (instance, log, seq) in one integer, because a text key would cost a
    second tree and an overflow page for every record. The records held in this file are those behind ``origin_seq``:
    earlier ones are in the file before it.
    """
    db.execute(
        """
        CREATE TABLE watermark (
            stream INTEGER PRIMARY KEY,
            instance TEXT NOT NULL,
            log TEXT NOT NULL,
            upto INTEGER NOT NULL,
            head_hash BLOB NOT NULL CHECK (length(head_hash) = 32),
            origin_seq INTEGER NOT NULL,
            origin_hash BLOB NOT NULL CHECK (length(origin_hash) = 32),
            UNIQUE (instance, log)
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE edge_record (
            place INTEGER PRIMARY KEY,
            wall TEXT NOT NULL,
            boot TEXT NOT NULL,
            mono_ms INTEGER NOT NULL,
            actor TEXT NOT NULL,
            cmd_id TEXT NOT NULL,
            type TEXT NOT NULL,
            ticket TEXT NOT NULL,
            desk INTEGER NOT NULL,
            data TEXT NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE VIEW edge AS
        SELECT instance, log, place & ((1 << 40) - 1) AS seq,
               wall, boot, mono_ms, actor, cmd_id, type, ticket, desk, data, lower(hex(hash)) AS hash
        FROM edge_record JOIN watermark ON stream = place >> 40
        """
    )
    db.execute(
        """
        CREATE TRIGGER edge_record_is_new BEFORE INSERT ON edge_record
        WHEN EXISTS (SELECT 1 FROM edge_record WHERE place = NEW.place)
        BEGIN SELECT raise(ABORT, 'a streamed record is stored once'); END
        """
    )
    _refuse(db, "edge_record", "UPDATE", "DELETE")


def _refuse(db: sqlite_utils.Database, table: str, *changes: str) -> None:
    for change in changes:
        db.execute(
            f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT raise(ABORT, '{table} is append-only'); END"
        )
