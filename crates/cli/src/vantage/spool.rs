//! Rounds on disk until the worker has them: append-only segments of JSON lines, delivered oldest first.
//!
//! A round is on the disk (`fsync`) before anything is told of it. After a crash the last line of a segment may be
//! half-written: it is skipped. What was acknowledged in a segment that is not finished is sent again after a restart,
//! which changes nothing at the worker.

use super::{plans, private};
use dualwatch_wire::v1::{MAX_BATCH_BYTES, MAX_BATCH_SLUGS, Round, VERSION, VantageBatch, VantageRound};
use std::{
    collections::{HashSet, VecDeque},
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

const ENDING: &str = "ndjson";
const LOCK: &str = "lock";
/// A segment is finished at this size; less where the bound is small.
const SEGMENT_BYTES: u64 = 512 * 1024;
/// Room in a batch for what is around the rounds.
const AROUND_BYTES: usize = 1024;

pub struct Spool {
    dir: PathBuf,
    bound_bytes: u64,
    /// Oldest first; the last one is being written where there is a `writer`.
    segments: VecDeque<Segment>,
    writer: Option<File>,
    next_seq: u64,
    // Held as long as we live: two programs on one spool would send each other's rounds.
    _lock: File,
}

struct Segment {
    path: PathBuf,
    n_bytes: u64,
    n_rounds: u64,
    /// Everything before this was acknowledged.
    acknowledged: u64,
}

/// Rounds to be sent, and where they end in their segment.
#[derive(Debug)]
pub struct Batch {
    pub document: VantageBatch,
    segment: PathBuf,
    end: u64,
}

impl Spool {
    /// Opens the spool in `dir`, which is created where there is none.
    pub fn open(dir: &Path, bound_bytes: u64) -> io::Result<Self> {
        private::create_folder(dir)?;
        let lock = private::options().write(true).create(true).truncate(true).open(dir.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::other("another `dualwatch vantage` runs with this folder"),
            TryLockError::Error(error) => error,
        })?;
        // On a disk that knows no owners, or in a folder that is another's, we run all the same, and say so.
        if let Err(error) = private::close(dir, is_ours) {
            eprintln!("warning: others may read {}: {error}", dir.display());
        }
        let mut paths = Vec::new();
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                paths.push(path);
            }
        }
        // Their names are numbers of the same width.
        paths.sort();
        let mut spool = Self {
            dir: dir.to_owned(),
            bound_bytes,
            segments: VecDeque::new(),
            writer: None,
            next_seq: 1,
            _lock: lock,
        };
        for path in paths {
            spool.take(path)?;
        }
        Ok(spool)
    }

    /// Takes a segment of an earlier run; one without a whole round is deleted.
    fn take(&mut self, path: PathBuf) -> io::Result<()> {
        let text = fs::read(&path)?;
        let rounds: Vec<VantageRound> = lines(&text).filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let Some(last) = rounds.last() else { return fs::remove_file(path) };
        self.next_seq = self.next_seq.max(last.seq + 1);
        self.segments.push_back(Segment {
            path,
            n_bytes: text.len() as u64,
            n_rounds: rounds.len() as u64,
            acknowledged: 0,
        });
        Ok(())
    }

    /// Returns how many rounds are kept; those of the oldest segment may have been acknowledged in part.
    pub fn n_rounds(&self) -> u64 {
        self.segments.iter().map(|s| s.n_rounds).sum()
    }

    /// Writes a round to the disk. Returns how many of the oldest rounds had to go because of the bound.
    pub fn append(&mut self, slug: &str, round: &Round) -> io::Result<u64> {
        let seq = self.next_seq;
        let mut line = serde_json::to_vec(&VantageRound { slug: slug.to_owned(), seq, round: round.clone() })?;
        line.push(b'\n');
        self.next_seq += 1;
        let written = self.write(seq, &line);
        if written.is_err() {
            // Half a line may be there: what follows goes elsewhere.
            self.writer = None;
        }
        written?;
        self.drop_beyond_bound()
    }

    fn write(&mut self, seq: u64, line: &[u8]) -> io::Result<()> {
        let segment_bytes = SEGMENT_BYTES.min(self.bound_bytes / 8);
        if self.segments.back().is_none_or(|s| s.n_bytes >= segment_bytes) {
            self.writer = None;
        }
        if self.writer.is_none() {
            let path = self.dir.join(format!("{seq:020}.{ENDING}"));
            self.writer = Some(private::options().append(true).create_new(true).open(&path)?);
            self.segments.push_back(Segment { path, n_bytes: 0, n_rounds: 0, acknowledged: 0 });
            // The name must be on the disk as well.
            File::open(&self.dir)?.sync_all()?;
        }
        let (Some(file), Some(segment)) = (&mut self.writer, self.segments.back_mut()) else {
            return Err(io::Error::other("there is no segment to write to"));
        };
        file.write_all(line)?;
        file.sync_data()?;
        segment.n_bytes += line.len() as u64;
        segment.n_rounds += 1;
        Ok(())
    }

    fn drop_beyond_bound(&mut self) -> io::Result<u64> {
        let mut n_dropped = 0;
        while self.segments.len() > 1 && self.segments.iter().map(|s| s.n_bytes).sum::<u64>() > self.bound_bytes {
            if let Some(oldest) = self.segments.pop_front() {
                n_dropped += oldest.n_rounds;
                remove(&oldest.path)?;
            }
        }
        Ok(n_dropped)
    }

    /// Returns the oldest rounds that were not acknowledged, as many as one batch may have.
    pub fn batch(&mut self) -> io::Result<Option<Batch>> {
        while let Some(segment) = self.segments.front() {
            let mut file = File::open(&segment.path)?;
            file.seek(SeekFrom::Start(segment.acknowledged))?;
            let mut text = Vec::new();
            file.read_to_end(&mut text)?;
            let (rounds, n_bytes) = first_rounds(&text);
            let batch = Batch {
                segment: segment.path.clone(),
                end: segment.acknowledged + n_bytes,
                document: VantageBatch {
                    version: VERSION,
                    vantage: rounds.first().map(|r| r.round.vantage.name.clone()).unwrap_or_default(),
                    rounds,
                },
            };
            if !batch.document.rounds.is_empty() {
                return Ok(Some(batch));
            }
            // Nothing readable is left in here.
            self.finish_oldest()?;
        }
        Ok(None)
    }

    /// Forgets what the worker has.
    pub fn acknowledge(&mut self, batch: &Batch) -> io::Result<()> {
        // Meanwhile the bound may have dropped the segment.
        let Some(segment) = self.segments.front_mut().filter(|s| s.path == batch.segment) else { return Ok(()) };
        segment.acknowledged = batch.end;
        if segment.acknowledged >= segment.n_bytes {
            self.finish_oldest()?;
        }
        Ok(())
    }

    fn finish_oldest(&mut self) -> io::Result<()> {
        if let Some(segment) = self.segments.pop_front() {
            if self.segments.is_empty() {
                self.writer = None;
            }
            remove(&segment.path)?;
        }
        Ok(())
    }
}

/// Returns rounds of one vantage from the beginning of `text`, within the limits of a batch, and where they end.
/// Lines that cannot be read are skipped.
fn first_rounds(text: &[u8]) -> (Vec<VantageRound>, u64) {
    let mut rounds: Vec<VantageRound> = Vec::new();
    let mut slugs = HashSet::new();
    let mut n_bytes = 0;
    for line in lines(text) {
        if let Ok(round) = serde_json::from_slice::<VantageRound>(line) {
            let is_another = rounds.first().is_some_and(|first| first.round.vantage.name != round.round.vantage.name);
            slugs.insert(round.slug.clone());
            let is_full = n_bytes + line.len() > MAX_BATCH_BYTES - AROUND_BYTES || slugs.len() > MAX_BATCH_SLUGS;
            if is_another || (is_full && !rounds.is_empty()) {
                break;
            }
            rounds.push(round);
        }
        n_bytes += line.len();
    }
    (rounds, n_bytes as u64)
}

/// The whole lines of a text, with their line ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"))
}

/// Deletes a file that may be gone already.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether a file of the folder is one of those that are written there.
fn is_ours(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == ENDING)
        || path.file_name().is_some_and(|name| name == LOCK || name == plans::FILE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::{
        cause::Cause,
        family::PerFamily,
        round::{self, DualStack},
        sample::Sample,
        time::Timestamp,
    };
    use std::fs::OpenOptions;

    const BOUND: u64 = 1024 * 1024;

    fn a_round(vantage: &str, at: i64) -> Round {
        Round::from(&round::Round {
            target: "https://service.example/".into(),
            started_at: Timestamp::from_unix_ms(at),
            vantage: round::Vantage {
                name: vantage.into(),
                standing: PerFamily::default(),
                silent_controls: Vec::new(),
            },
            samples: PerFamily { ipv4: Sample::reached(), ipv6: Sample::failed(Cause::TcpRefused) },
            dual_stack: DualStack::default(),
        })
    }

    fn fill(spool: &mut Spool, times: std::ops::Range<i64>) -> u64 {
        times.map(|at| spool.append("service", &a_round("here", at)).unwrap()).sum()
    }

    /// Takes everything out, as the worker would get it: the times of the rounds.
    fn drain(spool: &mut Spool) -> Vec<i64> {
        let mut times = Vec::new();
        while let Some(batch) = spool.batch().unwrap() {
            times.extend(batch.document.rounds.iter().map(|r| r.round.started_at.unix_ms()));
            spool.acknowledge(&batch).unwrap();
        }
        times
    }

    fn segments(dir: &Path) -> Vec<PathBuf> {
        let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|e| e == ENDING)).collect()
    }

    #[test]
    fn rounds_come_out_in_order_and_are_gone_when_acknowledged() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(dir.path(), BOUND).unwrap();
        fill(&mut spool, 0..3);
        let batch = spool.batch().unwrap().unwrap();
        assert_eq!(batch.document.vantage, "here");
        assert_eq!(batch.document.rounds.iter().map(|r| r.seq).collect::<Vec<_>>(), [1, 2, 3]);
        // Not acknowledged: the same again, and what came meanwhile.
        fill(&mut spool, 3..4);
        assert_eq!(spool.batch().unwrap().unwrap().document.rounds.len(), 4);
        spool.acknowledge(&batch).unwrap();
        assert_eq!(drain(&mut spool), [3]);
        assert_eq!(segments(dir.path()), Vec::<PathBuf>::new());
        fill(&mut spool, 4..5);
        assert_eq!(drain(&mut spool), [4]);
    }

    #[test]
    fn a_restart_keeps_everything_but_a_half_written_line() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(dir.path(), BOUND).unwrap();
        fill(&mut spool, 0..3);
        assert!(Spool::open(dir.path(), BOUND).is_err(), "one program per folder");
        drop(spool);
        let path = segments(dir.path()).remove(0);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(br#"{"slug":"service","seq":4,"round":{"vers"#).unwrap();
        let mut spool = Spool::open(dir.path(), BOUND).unwrap();
        assert_eq!(spool.n_rounds(), 3);
        fill(&mut spool, 10..12);
        assert_eq!(drain(&mut spool), [0, 1, 2, 10, 11]);
        assert_eq!(segments(dir.path()), Vec::<PathBuf>::new());
    }

    /// Promise (Storage): What is stored is its owner's alone, also what workerd makes and what an earlier version left
    /// open.
    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_a_spool_whoever_made_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("new/spool");
        let modes = |dir: &Path| -> Vec<(String, u32)> {
            let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
            let mut modes: Vec<_> = entries.map(|path| (name(&path), mode(&path))).collect();
            modes.push((String::new(), mode(dir)));
            modes.sort();
            modes
        };
        let segment = || format!("{:020}.{ENDING}", 1);
        let mut spool = Spool::open(&dir, BOUND).unwrap();
        fill(&mut spool, 0..1);
        let closed = [(String::new(), 0o700), (segment(), 0o600), (LOCK.to_owned(), 0o600)];
        assert_eq!(modes(&dir), closed);
        drop(spool);
        // As an earlier version has left it, beside a file that is not ours.
        fs::write(dir.join("theirs"), "").unwrap();
        for name in ["theirs", &segment(), LOCK] {
            fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o644)).unwrap();
        }
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        let spool = Spool::open(&dir, BOUND).unwrap();
        assert_eq!(spool.n_rounds(), 1);
        let modes = modes(&dir);
        assert_eq!(modes[..3], closed);
        assert_eq!(modes[3], ("theirs".to_owned(), 0o644));
    }

    #[test]
    fn a_segment_of_only_half_a_line_is_no_obstacle() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(format!("{:020}.{ENDING}", 1)), r#"{"slug":"#).unwrap();
        let mut spool = Spool::open(dir.path(), BOUND).unwrap();
        fill(&mut spool, 0..2);
        assert_eq!(drain(&mut spool), [0, 1]);
    }

    #[test]
    fn the_bound_holds_and_the_oldest_go_first() {
        let dir = tempfile::tempdir().unwrap();
        let bound = 16 * 1024;
        let mut spool = Spool::open(dir.path(), bound).unwrap();
        let batch = {
            fill(&mut spool, 0..1);
            spool.batch().unwrap().unwrap()
        };
        let n_dropped = fill(&mut spool, 1..200);
        let n_bytes: u64 = segments(dir.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
        assert!(n_dropped > 0 && n_bytes <= bound, "{n_dropped} dropped, {n_bytes} bytes left");
        // An acknowledgement of what was dropped takes nothing else away.
        spool.acknowledge(&batch).unwrap();
        let left = drain(&mut spool);
        assert_eq!(left, (i64::try_from(n_dropped).unwrap()..200).collect::<Vec<_>>());
    }

    #[test]
    fn a_batch_has_one_vantage_and_few_targets() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(dir.path(), BOUND).unwrap();
        for at in 0..50 {
            spool.append(&format!("service-{at}"), &a_round("here", at)).unwrap();
        }
        spool.append("service-0", &a_round("renamed", 50)).unwrap();
        let mut seen = Vec::new();
        while let Some(batch) = spool.batch().unwrap() {
            assert!(serde_json::to_vec(&batch.document).unwrap().len() <= MAX_BATCH_BYTES);
            seen.push((batch.document.vantage.clone(), batch.document.rounds.len()));
            spool.acknowledge(&batch).unwrap();
        }
        assert_eq!(seen, [("here".to_owned(), 40), ("here".to_owned(), 10), ("renamed".to_owned(), 1)]);
    }
}
