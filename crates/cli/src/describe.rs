//! `dualwatch completions` and `dualwatch man`: what the program says of itself, made from its own arguments.

use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result};
use clap::CommandFactory as _;
use std::{io::Write as _, path::PathBuf};

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, clap::Args)]
pub struct Completions {
    /// For which shell; put what is printed where it looks, such as `~/.local/share/bash-completion/completions/dualwatch`.
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub struct Man {
    /// The folder, such as `/usr/local/share/man/man1`; it is made where it is not there.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Prints completions.
pub fn completions(arguments: &Completions) -> Result<Exit> {
    let shell = match arguments.shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    let mut command = crate::Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "dualwatch", &mut script);
    Out::new().write_all(&script)?;
    Ok(Exit::Reachable)
}

/// Writes a page for the program and one for each of its commands.
pub fn man(arguments: &Man) -> Result<Exit> {
    let Man { folder } = arguments;
    std::fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let command = crate::Arguments::command();
    clap_mangen::generate_to(command, folder).with_context(|| format!("failed to write into {}", folder.display()))?;
    Ok(Exit::Reachable)
}
