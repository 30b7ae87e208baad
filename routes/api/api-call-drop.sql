-- nothing was sent after all
DELETE FROM relay_api_call
 WHERE id = :#slot
