-- locked in the order in which settling locks them
SELECT COUNT(*) AS locked
  FROM (SELECT id
          FROM relay_job
         WHERE status = 'InProgress'
           AND ((expires_at <= :#now AND unheard_at IS NULL) OR (expires_at > :#now AND unheard_at IS NOT NULL))
         ORDER BY id
           FOR UPDATE) u
