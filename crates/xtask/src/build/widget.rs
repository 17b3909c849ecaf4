//! Makes the scripts of the widget: words and style are put in, everything is made as small as can be, and each file has a
//! name that contains a hash of its content.

use super::{bare, page::write};
use crate::workspace::Workspace;
use anyhow::{Context as _, Result, bail};
use data_encoding::BASE64;
use dualwatch_edgehost::WidgetAssets;
use dualwatch_wire::answer::language::Language;
use dualwatch_words::widget as words;
use sha2::{Digest as _, Sha384};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How the minifier is called: changed with anything below.
const OPTIONS: [&str; 6] = ["--module", "--ecma", "2022", "--mangle", "--compress", "passes=3,unsafe_arrows=true"];

/// The texts that the scripts are made from.
pub struct Source {
    widget: String,
    more: String,
    frame: String,
    minifier: PathBuf,
    /// What else decides how they come out.
    lock: String,
}

impl Source {
    /// Reads `web/widget`; the words are put in.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let dir = workspace.widget_dir();
        let read = |name: &str| fs::read_to_string(dir.join(name)).with_context(|| format!("cannot read {name}"));
        let style = |name: &str| read(name).map(|text| text_of(&bare::style(&text)));
        let alone = Language::ALL.map(|language| words::alone(language).join("|"));
        let floating =
            Language::ALL.map(|language| [&[language.code()][..], &words::floating(language)].concat().join("|"));
        Ok(Self {
            widget: put(&read("widget.js")?, &[("__WORDS__", &list_of(&alone)), ("__STYLE__", &style("widget.css")?)])?,
            more: put(&read("more.js")?, &[("__WORDS__", &list_of(&floating)), ("__STYLE__", &style("float.css")?)])?,
            frame: read("frame.js")?,
            minifier: dir.join("node_modules/terser/bin/terser"),
            lock: read("package-lock.json")?,
        })
    }

    /// Returns everything that the scripts are made from.
    pub fn parts(&self) -> [&str; 5] {
        [&self.widget, &self.more, &self.frame, &self.lock, OPTIONS[5]]
    }

    /// Writes the files below `assets`; returns their URLs.
    pub fn generate(&self, node: &Path, assets: &Path) -> Result<WidgetAssets> {
        let minify = |text: &str| self.minify(node, text);
        let more = write(assets, "widget-more", "js", minify(&self.more)?.as_bytes())?;
        let widget = minify(&put(&self.widget, &[("__MORE__", &text_of(&more))])?)?;
        let integrity = format!("sha384-{}", BASE64.encode(&Sha384::digest(&widget)));
        let widget = write(assets, "widget", "js", widget.as_bytes())?;
        let frame = write(assets, "widget-frame", "js", minify(&self.frame)?.as_bytes())?;
        Ok(WidgetAssets { widget, integrity, more, frame })
    }

    fn minify(&self, node: &Path, text: &str) -> Result<String> {
        let mut command = Command::new(node);
        command.arg(&self.minifier).args(OPTIONS).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start terser")?;
        child.stdin.take().context("terser takes no input")?.write_all(text.as_bytes())?;
        let output = child.wait_with_output().context("terser did not end")?;
        if !output.status.success() {
            bail!("terser failed ({})", output.status);
        }
        Ok(String::from_utf8(output.stdout).context("terser wrote no text")?.trim_end().to_owned())
    }
}

/// Puts texts in the places of names, each of which is there once.
fn put(script: &str, places: &[(&str, &str)]) -> Result<String> {
    let mut script = script.to_owned();
    for (name, text) in places {
        if script.matches(name).count() != 1 {
            bail!("{name} has no place in a script of the widget, or several");
        }
        script = script.replace(name, text);
    }
    Ok(script)
}

/// Returns a text as JavaScript has it; JSON is that (ECMA-262, "JSON superset").
fn text_of(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list_of(texts: &[String]) -> String {
    serde_json::Value::from(texts.to_vec()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_capitals_gets_its_text() {
        let source = Source::read(&Workspace::locate().unwrap()).unwrap();
        assert!(source.widget.contains("status unavailable") && source.widget.contains("__MORE__"));
        for text in [source.widget.replace("__MORE__", ""), source.more, source.frame] {
            assert!(!text.contains("__"), "{}", &text[text.find("__").unwrap()..]);
        }
        assert!(put("a", &[("b", "")]).is_err());
    }
}
