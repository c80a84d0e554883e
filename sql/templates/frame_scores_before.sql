-- Analysis frame: one row per administration and scale, as it was before batch {{ batch }}.
WITH scale_item (form_id, scale, item) AS (
    VALUES
{%- for form_id, scale, item in scale_items %}
    ({{ form_id | literal }}, {{ scale | literal }}, {{ item | literal }}){{ "," if not loop.last }}
{%- endfor %}

),

wanted AS (
    SELECT DISTINCT form_id, scale
    FROM scale_item
),

-- One row per amended answer, fact or score: what it was first and what it is now.
amended AS (
    SELECT
        administration_id,
        kind,
        name,
        min_by({'text': before}, batch).text AS before,
        max_by({'text': after}, batch).text AS after
    FROM store.core.amendment
    WHERE batch >= {{ batch | literal }} AND administration_id IS NOT NULL
    GROUP BY ALL
),

-- How many more answers a form had to each of its scales.
answers AS (
    SELECT
        amended.administration_id,
        scale_item.scale,
        sum(CAST(amended.before IS NOT NULL AS INTEGER) - CAST(amended.after IS NOT NULL AS INTEGER)) AS more
    FROM amended
    INNER JOIN store.core.administration AS form ON amended.administration_id = form.administration_id
    INNER JOIN scale_item ON form.form_id = scale_item.form_id AND amended.name = scale_item.item
    WHERE amended.kind = 'answer'
    GROUP BY ALL
)

SELECT
    form.client_id,
    form.form_id || '.' || score.scale AS scale,
    form.occasion,
    nullif(form.session, 0) AS session,
    CASE WHEN day.kind IS NULL THEN form.day ELSE CAST(day.before AS SMALLINT) END AS day,
    form.rater,
    form.target,
    form.therapist_id,
    form.clinic_id AS clinic,
    CASE WHEN moved.kind IS NULL THEN score.score ELSE CAST(moved.before AS DOUBLE) END AS value,
    CAST(score.answered_count + coalesce(answers.more, 0) AS SMALLINT) AS answered,
    score.item_count,
    value IS NOT NULL AND answered < score.item_count AS is_prorated
FROM store.core.score AS score
INNER JOIN store.core.administration AS form ON score.administration_id = form.administration_id
INNER JOIN wanted
    ON form.form_id = wanted.form_id AND score.scale = wanted.scale
LEFT JOIN amended AS moved
    ON
        score.administration_id = moved.administration_id
        AND moved.kind = 'score'
        AND score.scale = moved.name
LEFT JOIN amended AS day
    ON score.administration_id = day.administration_id AND day.kind = 'fact' AND day.name = 'day'
LEFT JOIN answers
    ON score.administration_id = answers.administration_id AND score.scale = answers.scale
WHERE
    form.batch < {{ batch | literal }}
    OR form.administration_id IN (SELECT administration_id FROM amended)
ORDER BY form.client_id, scale, form.occasion, form.session, form.rater, form.target
