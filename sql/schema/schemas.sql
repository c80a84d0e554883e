-- The three schemas of the store: answers, results, book-keeping.
CREATE SCHEMA IF NOT EXISTS store.core;
CREATE SCHEMA IF NOT EXISTS store.out;
CREATE SCHEMA IF NOT EXISTS store.meta;
