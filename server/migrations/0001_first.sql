-- Times are milliseconds since 1970 in UTC. Secrets are stored only as hashes.
CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Web host on which this company's invitations are honoured; NULL for every host.
    host TEXT,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- admin or agent
    role TEXT NOT NULL,
    -- NULL for an account that signs in with the one-time secret only.
    password_hash TEXT,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sign_ins (
    token_hash BLOB PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    title TEXT NOT NULL,
    agent_name TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES accounts (id),
    created_ms INTEGER NOT NULL,
    -- waiting, active or ended
    phase TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_age ON sessions (tenant_id, created_ms DESC);

-- The place of a signed-in person in a session, so that a reload does not make a second one.
CREATE TABLE session_agents (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    session_id TEXT NOT NULL REFERENCES sessions (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    participant_id TEXT NOT NULL,
    PRIMARY KEY (session_id, account_id)
) STRICT;

CREATE TABLE session_records (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    session_id TEXT NOT NULL REFERENCES sessions (id),
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (session_id, seq)
) STRICT;

CREATE TABLE invites (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    session_id TEXT NOT NULL REFERENCES sessions (id),
    role TEXT NOT NULL,
    surface TEXT,
    -- Hash of the link's ticket.
    ticket_hash BLOB NOT NULL UNIQUE,
    -- Keyed hash of the six digits; NULL once used, accepted or expired, so live codes are unique.
    code_mac BLOB UNIQUE,
    -- Hash of the ticket that the code turned into.
    code_ticket_hash BLOB UNIQUE,
    code_ticket_expires_ms INTEGER,
    expires_ms INTEGER NOT NULL,
    accepted_ms INTEGER
) STRICT;
