-- what another job like it needs
SELECT id, intake, api, request, media, reference, metadata, status
  FROM relay_job
 WHERE id = :#id
