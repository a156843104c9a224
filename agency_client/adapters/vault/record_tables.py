"""The tables of the record: decisions, requests, notices, onward sharing, retention, holds. One constant each."""

from __future__ import annotations

from typing import Final

#: Numbered records, their texts (which alone can be erased), the packages they are about, and what falls due.
_RECORDS: Final = """
CREATE TABLE records (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, time INTEGER NOT NULL,
    about INTEGER REFERENCES records (number)
) STRICT;
CREATE INDEX records_by_time ON records (time);
CREATE INDEX records_by_about ON records (about) WHERE about IS NOT NULL;
CREATE TRIGGER records_stay_as_written BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER records_stay BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE record_texts (
    record INTEGER PRIMARY KEY REFERENCES records (number), summary TEXT NOT NULL,
    document BLOB NOT NULL, signed BLOB
) STRICT;
CREATE TRIGGER record_texts_stay_as_written BEFORE UPDATE ON record_texts
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE record_links (
    record INTEGER NOT NULL REFERENCES records (number), core BLOB NOT NULL, UNIQUE (record, core)
) STRICT;
CREATE INDEX record_links_by_core ON record_links (core);
CREATE TABLE dues (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, made INTEGER NOT NULL,
    core BLOB, record INTEGER REFERENCES records (number), place TEXT NOT NULL,
    closed INTEGER, closed_by INTEGER REFERENCES records (number)
) STRICT;
CREATE INDEX dues_open ON dues (at) WHERE closed IS NULL;
CREATE INDEX dues_by_core ON dues (core) WHERE core IS NOT NULL;
CREATE INDEX dues_by_record ON dues (record) WHERE record IS NOT NULL;
CREATE TRIGGER dues_stay BEFORE DELETE ON dues
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""

#: The register's lines, and everything by which one is found.
_REGISTER: Final = """
CREATE TABLE register (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, time INTEGER NOT NULL, core BLOB,
    record INTEGER REFERENCES records (number), line BLOB NOT NULL
) STRICT;
CREATE INDEX register_by_time ON register (time);
CREATE INDEX register_by_core ON register (core) WHERE core IS NOT NULL;
CREATE INDEX register_by_record ON register (record) WHERE record IS NOT NULL;
CREATE TRIGGER register_stays_as_written BEFORE UPDATE ON register
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE register_terms (
    kind TEXT NOT NULL, term TEXT NOT NULL, line INTEGER NOT NULL REFERENCES register (number),
    PRIMARY KEY (kind, term, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_terms_by_line ON register_terms (line);
"""

#: In the order in which they are made.
RECORD_TABLES: Final[tuple[str, ...]] = (_RECORDS, _REGISTER)
