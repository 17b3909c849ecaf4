//! Packs the files that browsers load, each beside itself: once, as small as can be, so that nothing is packed when they are
//! asked for.

use anyhow::{Context as _, Result};
use dualwatch_wire::answer::{
    asset,
    coding::Coding::{self, Brotli, Gzip, Identity},
};
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// How files are packed: changed with anything below.
pub const VERSION: &str = "brotli 11, gzip 9";
const QUALITY: u32 = 11;
/// Of 4 MB: the largest that every browser takes (RFC 7932 section 9.1 allows up to 16 MB).
const WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 64 * 1024;

/// Writes the forms of every file below `dir` that a worker sends packed.
pub fn folder(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            folder(&path)?;
        } else if path.extension().and_then(|ending| asset::content_type(ending.to_str()?)).is_some() {
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            for coding in [Brotli, Gzip] {
                let mut name = path.clone().into_os_string();
                name.push(coding.ending());
                fs::write(&name, packed(&content, coding)?)
                    .with_context(|| format!("cannot write {}", name.display()))?;
            }
        }
    }
    Ok(())
}

/// Returns the content as small as a coding makes it.
pub fn packed(content: &[u8], coding: Coding) -> Result<Vec<u8>> {
    Ok(match coding {
        Brotli => {
            let mut writer = brotli::CompressorWriter::new(Vec::new(), BUFFER_BYTES, QUALITY, WINDOW_BITS);
            writer.write_all(content)?;
            writer.into_inner()
        }
        Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(content)?;
            encoder.finish()?
        }
        Identity => content.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn text() -> Vec<u8> {
        (0..2_000_u32).flat_map(|i| format!("{} of {}, ", i * 7919 % 1_000, i % 37).into_bytes()).collect()
    }

    #[test]
    fn what_is_packed_is_smaller_and_comes_out_the_same() {
        let (text, mut unpacked) = (text(), Vec::new());
        let [brotli, gzip] = [Brotli, Gzip].map(|coding| packed(&text, coding).unwrap());
        assert!(brotli.len() < gzip.len() && gzip.len() < text.len() / 2, "{} {}", brotli.len(), gzip.len());
        flate2::read::GzDecoder::new(&*gzip).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == text);
        unpacked.clear();
        brotli::Decompressor::new(&*brotli, BUFFER_BYTES).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == text);
    }

    #[test]
    fn every_file_of_a_known_kind_gets_its_forms_and_no_form_gets_one() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("snippets")).unwrap();
        for name in ["a.js", "b.wasm", "c.png", "snippets/d.js"] {
            fs::write(dir.path().join(name), text()).unwrap();
        }
        folder(dir.path()).unwrap();
        folder(dir.path()).unwrap();
        let mut names: Vec<String> = ["", "snippets"]
            .into_iter()
            .flat_map(|sub| fs::read_dir(dir.path().join(sub)).unwrap())
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "a.js",
                "a.js.br",
                "a.js.gz",
                "b.wasm",
                "b.wasm.br",
                "b.wasm.gz",
                "c.png",
                "d.js",
                "d.js.br",
                "d.js.gz",
                "snippets"
            ]
        );
    }
}
