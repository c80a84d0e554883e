-- Analysis frame: the first form of each occasion and client, with the range of its answers and
-- whether its export had reversed items already. Forms of ready-made scores have no answers.
SELECT
    form_id,
    rater,
    target,
    occasion,
    client_id,
    administration_id,
    range_low,
    range_high,
    is_already_reversed
FROM store.core.administration
WHERE range_low IS NOT NULL
QUALIFY
    row_number() OVER (
        PARTITION BY form_id, rater, target, occasion, client_id ORDER BY session
    ) = 1
ORDER BY form_id, rater, target, occasion, client_id
