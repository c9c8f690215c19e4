//! Work per byte is bounded: text twice as long takes about twice as long, whatever is repeated.
//!
//! Every pattern is read, parsed and analysed as an indexing run does it, on one thread, and its
//! processor time compared at 100, 200 and 400 KB. A quadratic step shows as a ratio of four. Its
//! memory is compared at 250 KB, 500 KB and 1 MB, in processes of their own.

use cpu_time::ThreadTime;
use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use std::path::Path;
use std::time::Duration;

/// The form of a file, and its text: a start, what is repeated, an end.
struct Pattern(&'static str, &'static str, &'static str, &'static str);

const PATTERNS: &[Pattern] = &[
    Pattern("md", "", "[", ""),
    Pattern("md", "", "[a](", ""),
    Pattern("md", "", "![", ""),
    Pattern("md", "", "*", ""),
    Pattern("md", "", "\\", ""),
    Pattern("md", "---\n", "a: b\n", ""),
    Pattern("html", "<p ", " a=1", ">正文</p>"),
    Pattern("html", "<p", "/b", ">正文</p>"),
    Pattern("html", "<p>", "&", ""),
    Pattern("html", "<p>", "&amp;", ""),
    Pattern("html", "<p>", "&nbsp;", ""),
    Pattern("html", "", "<div>", ""),
    Pattern("html", "", "<p>市长说</p>", ""),
    Pattern("html", "", "<b><p>", ""),
    Pattern("html", "<table>", "<tr><td>一", ""),
    Pattern("html", "", "<!--", ""),
    Pattern("html", "", "<a href=x>市长说</a>", ""),
    Pattern("txt", "", "李彦宏表示，", ""),
    Pattern("txt", "", "他说，", ""),
    Pattern("txt", "", "“", ""),
    Pattern("txt", "", "「『", ""),
    Pattern("txt", "", "“好，”他说。", ""),
    Pattern("txt", "", "说：“", ""),
    Pattern("txt", "", "（", ""),
    Pattern("txt", "", "记者", ""),
    Pattern("txt", "", "王", ""),
    Pattern("txt", "", "，", ""),
    Pattern("txt", "", "\n", "正文"),
    Pattern("txt", "", "2024年1月1日", ""),
    Pattern("txt", "", "来源：", ""),
    Pattern("txt", "", "责任编辑：王小明\n", ""),
    Pattern("txt", "", "1", ""),
    Pattern("txt", "", "a-", ""),
    Pattern("txt", "", "ﷺ", ""),
    Pattern("txt", "", "市长王伟\n", ""),
    Pattern("json", "", "[", ""),
    Pattern("json", "{\"body\":\"", "好", "\"}"),
    Pattern("jsonl", "", "{}\n", ""),
    Pattern("jsonl", "", "{\"body\":\"他说，好。\"}\n", ""),
    Pattern("csv", "title,body\n", "\"", ""),
    Pattern("csv", "title,body\n", ",", ""),
];

/// Ratio of the times of a text and of half of it, and of their memory, that a linear step keeps
/// below; a quadratic one has 4.
const LIMIT: f64 = 2.6;
/// Times below this say nothing: other work hides in them.
const LEAST: Duration = Duration::from_millis(40);

impl Pattern {
    /// A file of about `size` bytes.
    fn write(&self, folder: &Path, size: usize) -> std::path::PathBuf {
        let Pattern(form, start, repeated, end) = self;
        let path = folder.join(format!("{size}.{form}"));
        let text = format!("{start}{}{end}", repeated.repeat(size / repeated.len()));
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Reads and analyses a file, as an indexing run does it.
    fn analyse(path: &Path, analyzer: &Analyzer) {
        let options = archive::Options::default();
        let roots = [path.to_owned()];
        for file in &archive::walk(&roots, &options).unwrap().files {
            for record in archive::records(file, &options).flatten() {
                std::hint::black_box(analyzer.analyze(&record));
            }
        }
    }

    /// Processor time of reading and analysing `size` bytes, the least of two runs.
    fn time(&self, analyzer: &Analyzer, size: usize) -> Duration {
        let folder = tempfile::tempdir().unwrap();
        let path = self.write(folder.path(), size);
        let run = || {
            let began = ThreadTime::now();
            Pattern::analyse(&path, analyzer);
            began.elapsed()
        };
        run().min(run())
    }
}

#[test]
fn twice_the_text_takes_about_twice_the_time() {
    let analyzer = Analyzer::new(Definition::embedded(), Context::default()).unwrap();
    let mut slow = Vec::new();
    for pattern in PATTERNS {
        let ratio = |size: usize| {
            let (half, whole) = (pattern.time(&analyzer, size / 2), pattern.time(&analyzer, size));
            whole.as_secs_f64() / half.max(LEAST).as_secs_f64()
        };
        // A busy machine disturbs even processor time: what looks slow is measured again.
        let size =
            [200_000, 400_000].into_iter().find(|&size| (0..3).all(|_| ratio(size) >= LIMIT));
        if let Some(size) = size {
            slow.push(format!("{}: {:?} at {size}", pattern.0, pattern.2));
        }
    }
    assert!(slow.is_empty(), "time grows faster than the text: {slow:#?}");
}

/// Memory that says nothing: the allocator's own, and what other work leaves, in KB.
#[cfg(target_os = "linux")]
const LEAST_MEMORY: u64 = 8 << 10;
/// The most memory for 1 MB of text, in KB.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 128 << 10;
/// The place of the pattern and the size, of a process that measures memory.
#[cfg(target_os = "linux")]
const MEASURES: &str = "JIANBAO_MEASURES_MEMORY";

/// A line of this process's state, in KB (proc(5): VmRSS is in memory now, VmHWM at most).
#[cfg(target_os = "linux")]
fn memory(line: &str) -> u64 {
    let state = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = state.lines().find_map(|text| text.strip_prefix(line)).unwrap();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
}

#[cfg(target_os = "linux")]
impl Pattern {
    /// Memory of reading and analysing `size` bytes beside that of a short text, in KB.
    fn memory(&self, size: usize) -> u64 {
        let analyzer = Analyzer::new(Definition::embedded(), Context::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        Pattern::analyse(&self.write(folder.path(), 10_000), &analyzer);
        let path = self.write(folder.path(), size);
        // From here on, the most is counted anew.
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = memory("VmRSS:");
        Pattern::analyse(&path, &analyzer);
        memory("VmHWM:").saturating_sub(before)
    }
}

/// The memory of a pattern in a process of its own. Its allocator (glibc's, mallopt(3)) takes
/// blocks of 64 KiB and more from the system and gives them back at once: by itself it keeps what
/// was freed, and the half that fits into that would seem to take nothing.
#[cfg(target_os = "linux")]
fn measured(index: usize, size: usize) -> u64 {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let own = "growth::twice_the_text_takes_about_twice_the_memory";
    command.args(["--exact", own, "--nocapture"]).env(MEASURES, format!("{index} {size}"));
    command.env("MALLOC_MMAP_THRESHOLD_", "65536");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = said.lines().find_map(|line| line.strip_prefix("memory "));
    line.unwrap_or_else(|| panic!("{index} {size}: {said}")).parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn twice_the_text_takes_about_twice_the_memory() {
    if let Ok(what) = std::env::var(MEASURES) {
        let (index, size) = what.split_once(' ').unwrap();
        let pattern = &PATTERNS[index.parse::<usize>().unwrap()];
        println!("\nmemory {}", pattern.memory(size.parse().unwrap()));
        return;
    }
    let mut large = Vec::new();
    for (index, pattern) in PATTERNS.iter().enumerate() {
        let taken = [250_000, 500_000, 1_000_000].map(|size| measured(index, size));
        let line = format!("{} {:?}: {taken:?} KB", pattern.0, pattern.2);
        println!("{line}");
        let grows = |half: u64, whole: u64| whole as f64 >= LIMIT * half.max(LEAST_MEMORY) as f64;
        if taken[2] > MOST_MEMORY || taken.windows(2).any(|pair| grows(pair[0], pair[1])) {
            large.push(line);
        }
    }
    assert!(large.is_empty(), "memory grows faster than the text: {large:#?}");
}
