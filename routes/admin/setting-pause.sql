-- the claim of submits looks for this row
INSERT INTO relay_setting (name, value_text)
SELECT 'paused', 'true'
 WHERE NOT EXISTS (SELECT 1 FROM relay_setting s WHERE s.name = 'paused')
