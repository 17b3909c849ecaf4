//! What all stores in `SQLite` share: the tables, JSON in a column, and values of a raw row.

use dualwatch_core::measure::time::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use worker::{Error, Result, SqlStorage, SqlStorageValue};

/// Makes the tables that are not there yet.
pub fn with_tables(sql: SqlStorage, schema: &[&str]) -> Result<SqlStorage> {
    schema.iter().try_for_each(|statement| sql.exec(statement, None).map(drop))?;
    Ok(sql)
}

pub fn write<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::RustError(format!("failed to write a document: {e}")))
}

pub fn write_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    write(value).map(String::into_bytes)
}

pub fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::RustError(format!("failed to read a document: {e}")))
}

pub fn read_integer(value: &SqlStorageValue) -> Option<i64> {
    match value {
        SqlStorageValue::Integer(n) => Some(*n),
        // JavaScript has one kind of number.
        SqlStorageValue::Float(n) if n.fract() == 0.0 => Some(*n as i64),
        _ => None,
    }
}

pub fn read_time(value: &SqlStorageValue) -> Option<Timestamp> {
    read_integer(value).map(Timestamp::from_unix_ms)
}

pub fn read_blob(value: &SqlStorageValue) -> Option<&[u8]> {
    match value {
        SqlStorageValue::Blob(bytes) => Some(bytes),
        _ => None,
    }
}

pub fn read_text(value: &SqlStorageValue) -> Option<&str> {
    match value {
        SqlStorageValue::String(text) => Some(text),
        _ => None,
    }
}
