-- How many forms have the id of another form, in {{ staged }} or in the store.
SELECT
    (
        SELECT count(*) FROM (
            SELECT administration_id FROM {{ staged }}
            GROUP BY administration_id
            HAVING
                min(client_id) <> max(client_id)
                OR min(occasion_name) <> max(occasion_name)
                OR min(session_number) <> max(session_number)
                OR min(rater_name) <> max(rater_name)
                OR min(target_name) <> max(target_name)
        )
    )
    + (
        SELECT count(*) FROM {{ staged }} AS staged
        INNER JOIN store.core.administration AS stored USING (administration_id)
        WHERE
            (staged.client_id, staged.occasion_name, staged.session_number, {{ form_id | literal }})
            <> (stored.client_id, stored.occasion, stored.session, stored.form_id)
            OR (staged.rater_name, staged.target_name) <> (stored.rater, stored.target)
    )
