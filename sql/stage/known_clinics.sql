-- stage.known_client: of the clients whom the store knows, the clinics of their forms too.
INSERT INTO stage.known_client
SELECT DISTINCT
    form.client_id,
    form.clinic_id
FROM store.core.administration AS form
SEMI JOIN stage.known_client AS known ON form.client_id = known.client_id
WHERE form.clinic_id IS NOT NULL
ORDER BY ALL;
