DELETE FROM relay_api_call
 WHERE free_at <= :#now
