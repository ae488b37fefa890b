-- One row for each queue event. run and serial name it: two events are never the same row.
CREATE TABLE IF NOT EXISTS queue_event (
  run         TEXT    NOT NULL, -- which start of the program
  serial      INTEGER NOT NULL, -- which message of that run, counted by the client
  source      TEXT    NOT NULL, -- which Asterisk
  received_at INTEGER NOT NULL, -- milliseconds since 1970, on this machine's clock
  event       TEXT    NOT NULL,
  queue       TEXT    NOT NULL,
  caller      TEXT,             -- the caller's Uniqueid: joins the rows of one call
  member      TEXT,             -- the agent's Interface
  data        TEXT    NOT NULL, -- all headers, as JSON
  PRIMARY KEY (source, run, serial)
);
CREATE INDEX IF NOT EXISTS queue_event_by_caller ON queue_event (caller);

-- Where events are missing. A report that spans one of these rows says so.
CREATE TABLE IF NOT EXISTS gap (
  source  TEXT    NOT NULL,
  began   INTEGER NOT NULL,
  ended   INTEGER NOT NULL,
  why     TEXT    NOT NULL -- 'not running', 'connection lost', 'database too slow'
);
