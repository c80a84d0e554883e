-- stage: what one export becomes before it is published; one file at a time, then dropped.
-- stage.rows is made from a template, as its columns are those that the study file admits.

-- One cell that was not of its column's type; it is NULL in stage.rows.
CREATE TABLE stage.miscast (_record BIGINT, column_name VARCHAR, code VARCHAR);

-- One broken row that is not in stage.rows.
CREATE TABLE stage.fault (_record BIGINT, code VARCHAR, column_name VARCHAR);

-- One broken rule on one cell, row or (without a record) file.
CREATE TABLE stage.finding (
    rule VARCHAR,
    code VARCHAR,
    category VARCHAR,
    severity VARCHAR,
    _record BIGINT,
    column_name VARCHAR,
    fix VARCHAR
);

-- One row that is held back.
CREATE TABLE stage.quarantined (_record BIGINT);

-- One client of more than one row, by the id in lower case, and whether its ids differ in it.
CREATE TABLE stage.repeated (folded VARCHAR, is_alike BOOLEAN);

-- One client of the export whom the store knows too, whatever the case of the id, and one clinic.
CREATE TABLE stage.known_client (client_id VARCHAR, clinic_id VARCHAR);
