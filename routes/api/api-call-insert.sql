INSERT INTO relay_api_call (id, server, kind, free_at)
VALUES (:#slot, :#server, :#kind, :#held_until)
