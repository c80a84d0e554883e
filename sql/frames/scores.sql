-- Analysis frame: one row per administration and scale. Of ready-made scores nobody knows whether
-- items were unanswered.
SELECT
    form.client_id,
    form.form_id || '.' || score.scale AS scale,
    form.occasion,
    nullif(form.session, 0) AS session,
    form.day,
    form.rater,
    form.target,
    score.score AS value,
    score.answered_count AS answered,
    score.item_count,
    CASE
        WHEN form.range_low IS NULL THEN NULL
        WHEN score.is_prorated THEN 1
        ELSE 0
    END AS is_prorated
FROM store.core.score AS score
INNER JOIN store.core.administration AS form ON score.administration_id = form.administration_id
ORDER BY form.client_id, scale, form.occasion, form.session, form.rater, form.target
