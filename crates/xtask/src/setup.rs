//! Gets what a build or a test needs and the machine lacks; each step says what it does.

mod blackbox;
mod browser;
mod cargo_fuzz;
mod clang;
mod debian;
mod node;
mod npm;
mod wasm_target;

pub use blackbox::blackbox;
pub use browser::{chromium, firefox};
pub use cargo_fuzz::cargo_fuzz;
pub use clang::{Crypto, crypto};
pub use node::{ensure_node, node};
pub use npm::{browser_packages, workerd};
pub use wasm_target::ensure_wasm_target;
