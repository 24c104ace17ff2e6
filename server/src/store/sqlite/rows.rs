//! From rows to types. What this server did not write is an error, not a guess.

use crate::store::{AccountRole, StoreError, Stored};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, sqlite::SqliteRow};
use std::str::FromStr;

/// Reads an id.
pub fn id<T: FromStr>(row: &SqliteRow, column: &'static str) -> Stored<T> {
    row.try_get::<&str, _>(column)?
        .parse()
        .map_err(|_| StoreError::Unreadable { what: column })
}

/// Reads one word of an enum of the protocol.
pub fn word<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Stored<T> {
    let text: &str = row.try_get(column)?;
    from_word(text).ok_or(StoreError::Unreadable { what: column })
}

/// Reads one word of an enum of the protocol, or nothing.
pub fn optional_word<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &'static str,
) -> Stored<Option<T>> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|t| from_word(t).ok_or(StoreError::Unreadable { what: column }))
        .transpose()
}

/// Writes an enum of the protocol as the word that it is on the wire.
pub fn to_word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        // Only field-less enums come here, and they serialise to a string.
        other => unreachable!("not a word: {other:?}"),
    }
}

fn from_word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// Reads the role of an account.
pub fn account_role(row: &SqliteRow) -> Stored<AccountRole> {
    match row.try_get("role")? {
        "admin" => Ok(AccountRole::Admin),
        "agent" => Ok(AccountRole::Agent),
        _ => Err(StoreError::Unreadable {
            what: "account role",
        }),
    }
}
