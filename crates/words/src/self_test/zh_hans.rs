//! Chinese in simplified characters.

mod advice;
mod around;
mod causes;
mod document;
mod lines;
mod sentences;
mod services;
mod states;

use super::times::{Formats, Times};

/// Chinese in simplified characters, with the formats of where it is spoken.
#[derive(Clone, Copy, Debug)]
pub struct ZhHans<F>(pub F);

impl<F: Formats> Times for ZhHans<F> {
    fn formats(&self) -> &dyn Formats {
        &self.0
    }

    fn milliseconds(&self, number: &str) -> String {
        format!("{number} 毫秒")
    }

    fn seconds(&self, number: &str) -> String {
        format!("{number} 秒")
    }

    fn minutes(&self, minutes: u32, seconds: u32) -> String {
        match (minutes, seconds) {
            (0, seconds) => format!("{seconds} 秒"),
            (minutes, 0) => format!("{minutes} 分钟"),
            (minutes, seconds) => format!("{minutes} 分 {seconds} 秒"),
        }
    }

    fn less_than(&self, length: &str) -> String {
        format!("不到 {length}")
    }
}
