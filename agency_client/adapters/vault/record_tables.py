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
CREATE INDEX records_by_kind ON records (kind, time);
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
CREATE INDEX dues_open_by_kind ON dues (kind, at) WHERE closed IS NULL;
CREATE INDEX dues_by_core ON dues (core) WHERE core IS NOT NULL;
CREATE INDEX dues_by_record ON dues (record) WHERE record IS NOT NULL;
CREATE TRIGGER dues_stay BEFORE DELETE ON dues
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""

#: The register's lines, and everything by which one is found.
_REGISTER: Final = """
CREATE TABLE register (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, time INTEGER NOT NULL, core BLOB,
    record INTEGER REFERENCES records (number), said BLOB, line BLOB NOT NULL
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

#: Notices about what was sent, to which items here they belong, how they were handed on, what was answered.
_NOTICES: Final = """
CREATE TABLE notices (
    hash BLOB PRIMARY KEY, core BLOB NOT NULL, item BLOB NOT NULL, action TEXT NOT NULL,
    endpoint BLOB NOT NULL, maker TEXT NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL,
    signed BLOB NOT NULL, UNIQUE (core, item, endpoint, number)
) STRICT;
CREATE TABLE notice_items (
    core BLOB NOT NULL, item BLOB NOT NULL, notice BLOB NOT NULL REFERENCES notices (hash),
    PRIMARY KEY (core, item, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_items_by_notice ON notice_items (notice);
CREATE TABLE notice_handings (
    sequence INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,
    notice BLOB NOT NULL REFERENCES notices (hash), core BLOB NOT NULL, endpoint BLOB NOT NULL,
    hander TEXT NOT NULL, own INTEGER NOT NULL, audience BLOB NOT NULL, items BLOB NOT NULL,
    time INTEGER NOT NULL, expires INTEGER NOT NULL, state TEXT NOT NULL, signed BLOB NOT NULL,
    ciphertext BLOB NOT NULL, key BLOB NOT NULL
) STRICT;
CREATE INDEX notice_handings_by_notice ON notice_handings (notice);
CREATE INDEX notice_handings_by_core ON notice_handings (core, state);
CREATE INDEX notice_handings_open ON notice_handings (expires) WHERE own = 1 AND state <> 'over';
CREATE TABLE notice_answers (
    hash BLOB PRIMARY KEY, notice BLOB NOT NULL, core BLOB NOT NULL, endpoint BLOB NOT NULL,
    address TEXT NOT NULL, kind TEXT NOT NULL, counter INTEGER NOT NULL, time INTEGER NOT NULL,
    signed BLOB NOT NULL, detail BLOB, UNIQUE (notice, endpoint, counter)
) STRICT;
"""

#: Which items went on, under which ids, to whom.
_ONWARD: Final = """
CREATE TABLE onward (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL, item BLOB NOT NULL, to_core BLOB NOT NULL,
    to_item BLOB NOT NULL, to_address TEXT NOT NULL, time INTEGER NOT NULL,
    UNIQUE (core, item, to_core, to_item, to_address)
) STRICT;
CREATE INDEX onward_by_package ON onward (to_core);
"""

#: How long what is here is kept, what was erased of it, and files that are still to go.
_RETENTION: Final = """
CREATE TABLE retention (
    core BLOB NOT NULL, section BLOB NOT NULL, copy TEXT NOT NULL, rule TEXT, trigger TEXT,
    review INTEGER NOT NULL, PRIMARY KEY (core, section)
) STRICT;
CREATE INDEX retention_by_review ON retention (review, core);
CREATE TABLE tombstones (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL, section BLOB, reason TEXT NOT NULL,
    time INTEGER NOT NULL, actor TEXT NOT NULL
) STRICT;
CREATE INDEX tombstones_by_core ON tombstones (core);
CREATE TRIGGER tombstones_stay_as_written BEFORE UPDATE ON tombstones
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER tombstones_stay BEFORE DELETE ON tombstones
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE doomed_blobs (blob BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
"""

#: Requests: what is asked whom, who stands in for whom, what became of it. Words stay in the packages.
_REQUESTS: Final = """
CREATE TABLE requests (
    core BLOB PRIMARY KEY, side TEXT NOT NULL, asker TEXT NOT NULL, asked_at INTEGER NOT NULL,
    due INTEGER NOT NULL, escalates BLOB, instead_of TEXT
) STRICT;
CREATE INDEX requests_by_side ON requests (side, asked_at);
CREATE TABLE request_questions (
    request BLOB NOT NULL REFERENCES requests (core), address TEXT NOT NULL,
    question BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (request, address, question)
) STRICT, WITHOUT ROWID;
CREATE TABLE request_deputies (
    request BLOB NOT NULL REFERENCES requests (core), address TEXT NOT NULL, deputy TEXT NOT NULL,
    PRIMARY KEY (request, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE request_answers (
    request BLOB NOT NULL REFERENCES requests (core), question BLOB NOT NULL,
    address TEXT NOT NULL, by TEXT NOT NULL, answer TEXT NOT NULL, response BLOB NOT NULL,
    position INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (request, response, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE request_replies (
    request BLOB NOT NULL, response BLOB NOT NULL, by TEXT NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY (request, response)
) STRICT, WITHOUT ROWID;
CREATE TABLE request_escalations (
    request BLOB NOT NULL REFERENCES requests (core), address TEXT NOT NULL, deputy TEXT NOT NULL,
    core BLOB NOT NULL UNIQUE, time INTEGER NOT NULL, PRIMARY KEY (request, address)
) STRICT, WITHOUT ROWID;
"""

#: What has to be kept, and what no longer.
_HOLDS: Final = """
CREATE TABLE holds (
    number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, signed BLOB NOT NULL
) STRICT;
CREATE TABLE hold_lifts (
    hold BLOB PRIMARY KEY, signed BLOB NOT NULL, time INTEGER NOT NULL
) STRICT;
CREATE TRIGGER holds_stay_as_written BEFORE UPDATE ON holds
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER holds_stay BEFORE DELETE ON holds
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER hold_lifts_stay_as_written BEFORE UPDATE ON hold_lifts
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER hold_lifts_stay BEFORE DELETE ON hold_lifts
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""

#: Words of receipts as they travelled, with their keys: what proves them later.
_SAID_WORDS: Final = """
CREATE TABLE said_words (
    said BLOB PRIMARY KEY, core BLOB NOT NULL, ciphertext BLOB NOT NULL, key BLOB NOT NULL
) STRICT;
CREATE INDEX said_words_by_core ON said_words (core);
"""

#: When words were compared by phone, for which keys; and the keys whose words were shown last.
_COMPARISONS: Final = """
CREATE TABLE comparisons (
    number INTEGER PRIMARY KEY, address TEXT NOT NULL, time INTEGER NOT NULL, by TEXT,
    keys BLOB NOT NULL
) STRICT;
CREATE INDEX comparisons_by_address ON comparisons (address, number);
CREATE TRIGGER comparisons_stay_as_written BEFORE UPDATE ON comparisons
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER comparisons_stay BEFORE DELETE ON comparisons
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE words_shown (address TEXT PRIMARY KEY, keys BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""

#: Which package says that it takes the place of which: what that is worth is for the reader to see.
_REPLACEMENTS: Final = """
CREATE TABLE replacements (
    core BLOB PRIMARY KEY, replaces BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replacements_by_earlier ON replacements (replaces);
"""

#: What is kept and not read day by day: of which package, or which item of it.
_RESTRICTIONS: Final = """
CREATE TABLE restrictions (
    number INTEGER PRIMARY KEY, core BLOB NOT NULL, item BLOB, reason TEXT NOT NULL,
    since INTEGER NOT NULL, record INTEGER NOT NULL REFERENCES records (number), words TEXT,
    ended INTEGER, ended_by INTEGER REFERENCES records (number)
) STRICT;
CREATE INDEX restrictions_live ON restrictions (core) WHERE ended IS NULL;
CREATE TRIGGER restrictions_stay BEFORE DELETE ON restrictions
    BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""

#: What every look at a home asks: what of its own packages is not finished, and what nobody was told of.
_UNFINISHED: Final = """
CREATE INDEX sent_addresses_by_state ON sent_addresses (state, core);
CREATE INDEX sent_untold ON sent (number) WHERE outbox != '';
CREATE INDEX audit_opened ON audit (object) WHERE action = 'package.opened';
"""

#: What somebody is still writing. It may change and go at any time.
_DRAFTS: Final = """
CREATE TABLE drafts (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, about TEXT NOT NULL, made INTEGER NOT NULL,
    changed INTEGER NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE INDEX drafts_by_change ON drafts (changed);
CREATE TABLE draft_files (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, draft TEXT NOT NULL REFERENCES drafts (id),
    section TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, key BLOB NOT NULL
) STRICT;
CREATE INDEX draft_files_by_draft ON draft_files (draft);
"""

#: In the order in which they are made.
RECORD_TABLES: Final[tuple[str, ...]] = (
    _RECORDS,
    _REGISTER,
    _NOTICES,
    _ONWARD,
    _RETENTION,
    _HOLDS,
    _REQUESTS,
    _SAID_WORDS,
    _REPLACEMENTS,
    _COMPARISONS,
    _RESTRICTIONS,
    _UNFINISHED,
    _DRAFTS,
)
