//! What makes the pages the operator's own, as it is stored.

use super::store::{Doc, Store};
use crate::sql::{read, write};
use dualwatch_wire::v1::{Branding, Pictures};
use serde::de::DeserializeOwned;
use worker::Result;

const TEXTS: &str = "texts";
const PICTURES: &str = "pictures";

impl Store {
    /// Replaces it. Written without an await before the configuration that it belongs to: both or neither.
    pub fn set_branding(&self, branding: &Branding, pictures: &Pictures) -> Result<()> {
        for (part, doc) in [(TEXTS, write(branding)?), (PICTURES, write(pictures)?)] {
            let row = vec![part.into(), doc.into()];
            self.sql.exec("INSERT OR REPLACE INTO branding (part, doc) VALUES (?, ?)", row)?;
        }
        Ok(())
    }

    pub fn branding(&self) -> Result<Branding> {
        self.part(TEXTS)
    }

    pub fn pictures(&self) -> Result<Pictures> {
        self.part(PICTURES)
    }

    fn part<T: DeserializeOwned + Default>(&self, part: &str) -> Result<T> {
        let rows: Vec<Doc> = self.sql.exec("SELECT doc FROM branding WHERE part = ?", vec![part.into()])?.to_array()?;
        Ok(rows.first().map(|row| read(&row.doc)).transpose()?.unwrap_or_default())
    }
}
