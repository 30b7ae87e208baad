-- whoever holds this row counts; the others wait
SELECT server
  FROM relay_api
 WHERE server = :#server
   FOR UPDATE
