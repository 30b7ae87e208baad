-- locked in the order in which settling locks them, so that neither locks the other out. Counted, not listed: they may be a million, and an UPDATE by such a list H2 would make anew for each row
SELECT COUNT(*) AS locked
  FROM (SELECT id
          FROM relay_job
         WHERE (status = 'Queued' AND next_submit_at <= :#now AND in_doubt = FALSE)
            OR (status = 'InProgress' AND next_poll_at <= :#now AND server = :#server)
         ORDER BY id
           FOR UPDATE) w
