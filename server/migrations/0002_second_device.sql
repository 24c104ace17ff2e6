-- Participant on another device of whom this invitation makes a second place; NULL for a new person.
ALTER TABLE invites ADD COLUMN same_as TEXT;
