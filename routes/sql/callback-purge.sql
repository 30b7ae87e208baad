DELETE FROM relay_callback
 WHERE job = :#id
