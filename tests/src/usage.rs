//! What a process takes, from `/proc` (proc(5); Linux).

use std::{fs, time::Duration};

/// `sysconf(_SC_CLK_TCK)`: Linux shows times to programs in hundredths of a second on every architecture.
const TICK: Duration = Duration::from_millis(10);

/// Returns the CPU time of a process with all its threads, in user and kernel.
///
/// # Panics
/// Where there is no such process.
pub fn cpu_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_else(|e| panic!("process {pid}: {e}"));
    // The second field is the name in parentheses, which may hold anything; utime and stime are the 14th and 15th.
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: u32 = after_name.split(' ').skip(11).take(2).filter_map(|n| n.parse::<u32>().ok()).sum();
    TICK * ticks
}

/// Resident memory in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    pub now_kib: u64,
    /// The most that it has ever been.
    pub peak_kib: u64,
}

/// Returns the resident memory of a process.
///
/// # Panics
/// Where there is no such process.
pub fn memory(pid: u32) -> Memory {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_else(|e| panic!("process {pid}: {e}"));
    parse_memory(&status).unwrap_or_else(|| panic!("process {pid} has no memory"))
}

fn parse_memory(status: &str) -> Option<Memory> {
    let kib = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        line.trim_start_matches(':').trim().strip_suffix(" kB")?.parse().ok()
    };
    Some(Memory { now_kib: kib("VmRSS")?, peak_kib: kib("VmHWM")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_found_among_the_other_lines() {
        let status = "Name:\tx\nVmHWM:\t    5312 kB\nVmRSS:\t    4096 kB\nRssAnon:\t 1 kB\n";
        assert_eq!(parse_memory(status), Some(Memory { now_kib: 4096, peak_kib: 5312 }));
        // A process that has ended and was not waited for.
        assert_eq!(parse_memory("Name:\tx\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    fn work_takes_cpu_time() {
        let begun = cpu_time(std::process::id());
        let mut x = 1_u64;
        while cpu_time(std::process::id()) == begun {
            x = std::hint::black_box(x.wrapping_mul(3));
        }
        assert!(memory(std::process::id()).peak_kib > 0);
    }
}
