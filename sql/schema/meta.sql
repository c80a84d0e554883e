-- meta: the store's own book-keeping. It has numbered migrations; core and out are rebuilt.

-- meta.state: one fact about the store.
CREATE TABLE IF NOT EXISTS store.meta.state (
    name VARCHAR NOT NULL PRIMARY KEY,
    content VARCHAR NOT NULL
);

-- meta.source_file: one accepted file.
CREATE TABLE IF NOT EXISTS store.meta.source_file (
    sha256 VARCHAR NOT NULL PRIMARY KEY,
    name VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    batch INTEGER NOT NULL UNIQUE,
    rows_in_count BIGINT NOT NULL,
    rows_loaded_count BIGINT NOT NULL,
    rows_quarantined_count BIGINT NOT NULL,
    rows_known_count BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    CHECK (rows_in_count = rows_loaded_count + rows_quarantined_count + rows_known_count)
);

-- meta.finding: one broken rule on one cell, row or file; no value.
CREATE TABLE IF NOT EXISTS store.meta.finding (
    sha256 VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    record BIGINT,
    column_name VARCHAR,
    fix VARCHAR
);
