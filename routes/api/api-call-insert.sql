-- the place is kept for as long as the claim holds; a call that begins keeps it for longer
INSERT INTO relay_api_call (id, server, kind, free_at)
VALUES (:#claim, :#server, :#kind, :#lease_until)
