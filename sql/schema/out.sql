-- out: results, exact; they leave the store through the gate only.

-- out.presentation: one client and rule: presentation, membership probabilities.
CREATE TABLE IF NOT EXISTS store.out.presentation (
    client_id VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    presentation VARCHAR,
    dependence DOUBLE,
    independence DOUBLE,
    interdependence DOUBLE,
    is_usable BOOLEAN NOT NULL,
    reason VARCHAR,
    p_overdependent DOUBLE,
    p_overindependent DOUBLE,
    p_mixed DOUBLE,
    p_neither DOUBLE
);

-- out.estimate: one estimate, exact.
CREATE TABLE IF NOT EXISTS store.out.estimate (
    run_id VARCHAR,
    analysis VARCHAR,
    theme VARCHAR,
    outcome VARCHAR,
    term VARCHAR,
    contrast VARCHAR,
    group_a VARCHAR,
    group_b VARCHAR,
    estimand VARCHAR,
    method VARCHAR,
    estimate DOUBLE,
    se DOUBLE,
    statistic DOUBLE,
    df DOUBLE,
    p_value DOUBLE,
    family VARCHAR,
    p_adjusted DOUBLE,
    ci_low DOUBLE,
    ci_high DOUBLE,
    ci_level DOUBLE,
    n DOUBLE,
    n_a DOUBLE,
    n_b DOUBLE,
    n_missing DOUBLE,
    n_clusters DOUBLE,
    plan_status VARCHAR,
    status VARCHAR,
    note VARCHAR
);
