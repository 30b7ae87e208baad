-- whoever is settling them holds their locks until it has committed
SELECT id
  FROM relay_callback
 WHERE job = :#job
   AND verdict = 'New'
   FOR UPDATE
