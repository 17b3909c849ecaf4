//! The files that a page loads, each packed when it was built.

/// A file of the page, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset<'a> {
    /// Its path below `/assets/`.
    pub name: &'a str,
    /// Of what a browser is told that it is; `None` where it is not packed.
    pub content_type: Option<&'static str>,
}

/// How many bytes a body has before packing is worth it: below, it is one packet either way.
pub const WORTH_PACKING_BYTES: usize = 1_024;

/// Reads the path of a URL. `None`: it is a form of a file, or no file.
///
/// ```
/// use dualwatch_wire::answer::asset::of_path;
/// assert_eq!(of_path("/assets/app-0a1b.wasm").and_then(|asset| asset.content_type), Some("application/wasm"));
/// assert_eq!(of_path("/assets/app-0a1b.wasm.br"), None);
/// ```
pub fn of_path(path: &str) -> Option<Asset<'_>> {
    let name = path.strip_prefix("/assets/")?;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    if matches!(ending, Some("br" | "gz")) {
        return None;
    }
    Some(Asset { name, content_type: ending.and_then(content_type) })
}

/// Returns the type of files whose names end so, where a build packs them.
pub fn content_type(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        // To the letter: with a parameter, browsers compile nothing (WebAssembly Web API section 4).
        "wasm" => "application/wasm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_themselves_are_asked_for_and_never_a_form_of_them() {
        for (path, expected) in [
            ("/assets/app-1.js", Some(("app-1.js", Some("text/javascript; charset=utf-8")))),
            ("/assets/a/b.css", Some(("a/b.css", Some("text/css; charset=utf-8")))),
            ("/assets/a.png", Some(("a.png", None))),
            ("/assets/a", Some(("a", None))),
            ("/assets/js", Some(("js", None))),
            ("/assets/a.js.gz", None),
            ("/assets/a.br", None),
            ("/other/a.js", None),
        ] {
            assert_eq!(of_path(path).map(|asset| (asset.name, asset.content_type)), expected, "{path}");
        }
    }
}
