//! Breaks a cluster while it is loaded and asked, in every way that a week of use does, and counts
//! what is lost: `cargo run --profile quick -p jianbao-tools --bin cluster_failures -- PROGRAM
//! ARCHIVE NODES START URL...`
//!
//! PROGRAM is the jianbao to run, ARCHIVE some files that take it half a minute. NODES is the
//! folder with `node-0/pid`, `node-0/data` and so on of a cluster that runs on this machine, START
//! the command that starts those of its nodes that do not run, and each URL one of its nodes. After
//! each trial the index has to have exactly the articles of an index folder of the same archive,
//! each as a copy of the same text, and the doctor has to find nothing. While a node is killed
//! under searches, each answer has to be that of the folder, or to say that it is none or not
//! whole.

use jianbao::Index;
use jianbao::engine::ClusterAddress;
use jianbao::engine::opensearch::client::{Client, LOADING_PATIENCE, Verb};
use jianbao::engine::opensearch::scan::{self, Scan};
use jianbao::update::Tables;
use jianbao_tools::{Failure, arguments};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The number of times that a loader is killed.
const KILLS: u32 = 20;
/// The time in which nodes that were started again have to be whole.
const PATIENCE: Duration = Duration::from_secs(600);
/// Searches that are asked at once.
const SEARCHERS: usize = 3;
/// The time that searches go on before a node is killed, without it, and with it again.
const SEARCHED: Duration = Duration::from_secs(8);
/// Seconds that a clock is ahead or behind.
const APART: i64 = 3_600;
/// The questions of searches, in an order that no score decides.
const QUESTIONS: [&str; 8] = [
    "经济",
    "记者 表示",
    "“公司”",
    "市场 -北京",
    "title:中国",
    "near/20:(发展 经济)",
    "比赛|球队",
    "人工智能",
];
/// The most bytes that the small gateway takes.
const GATEWAY_BYTES: usize = 600_000;

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let [program, archive, nodes, start, urls @ ..] = arguments.as_slice() else {
        return Err("usage: cluster_failures PROGRAM ARCHIVE NODES START URL...".into());
    };
    let folder = tempfile::tempdir()?;
    let mut trials = Trials {
        program: program.into(),
        archive: archive.into(),
        nodes: nodes.into(),
        start: start.clone(),
        urls: urls.iter().map(|url| url.trim_end_matches('/').to_owned()).collect(),
        expected: BTreeMap::new(),
        took: Duration::ZERO,
        folder,
    };
    trials.expect()?;
    println!("| trial | s | articles | lost | doubled | other copies | faults | seen |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut good = true;
    for (name, trial) in TRIALS {
        trials.fresh()?;
        let began = Instant::now();
        let seen = trial(&mut trials)?;
        good &= trials.tell(name, began.elapsed(), &seen)?;
    }
    if good { Ok(()) } else { Err("something was lost, doubled or wrong".into()) }
}

type Trial = fn(&mut Trials) -> Result<String, Failure>;

/// Every trial; each says what was seen.
const TRIALS: [(&str, Trial); 10] = [
    ("nothing fails", Trials::nothing),
    ("three loaders at once, each a third", Trials::thirds),
    ("a node killed and its data deleted", Trials::node_lost),
    ("a node paused for 30 s", Trials::node_paused),
    ("all nodes killed and started again", Trials::all_killed),
    ("a node killed while searching", Trials::killed_searching),
    ("clocks two hours apart", Trials::clocks_apart),
    ("read-only block of a full disk", Trials::full_disk),
    ("a gateway that takes no large request", Trials::gateway),
    ("the loader killed 20 times", Trials::loader_killed),
];

struct Trials {
    program: PathBuf,
    archive: PathBuf,
    nodes: PathBuf,
    start: String,
    urls: Vec<String>,
    /// The article that each is a copy of, by number.
    expected: BTreeMap<u64, u64>,
    /// How long it takes to load when nothing fails.
    took: Duration,
    folder: tempfile::TempDir,
}

/// The name of the index.
const NAME: &str = "jianbao-failures";

impl Trials {
    /// Finds out what has to be there in the end.
    fn expect(&mut self) -> Result<(), Failure> {
        let index = self.folder.path().join("index");
        let mut command = Command::new(&self.program);
        command.arg("index").arg(&self.archive).arg("--index").arg(&index);
        finished(command.output()?)?;
        let opened = Index::open(&index)?;
        let groups = opened.snapshot().groups();
        for (number, _) in Tables::committed(&index)?.records.iter() {
            let group = groups.and_then(|groups| groups.original(groups.group(number)?));
            self.expected.insert(number, group.unwrap_or(number));
        }
        Ok(())
    }

    fn client(&self) -> Result<Client, Failure> {
        let urls: Vec<String> = self.urls.iter().map(|url| format!("{url}/{NAME}")).collect();
        Ok(Client::new(&ClusterAddress::parse(&urls, None)?, LOADING_PATIENCE))
    }

    /// A client of nodes that answer a question about every part of the index.
    fn whole_client(&self) -> Result<Client, Failure> {
        let began = Instant::now();
        loop {
            let client = self.client()?;
            match scan::count(&client, &json!({ "match_all": {} })) {
                Ok(_) => return Ok(client),
                Err(error) if began.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => std::thread::sleep(Duration::from_secs(1)),
            }
        }
    }

    /// A loader of the archive.
    fn loader(&self, urls: &[String], more: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("index").arg(&self.archive).args(["--commit-every", "2M"]).args(more);
        self.at(&mut command, urls);
        command
    }

    fn at(&self, command: &mut Command, urls: &[String]) {
        for url in urls {
            command.arg("--engine").arg(format!("{url}/{NAME}"));
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    fn load(&self) -> Result<(), Failure> {
        finished(self.loader(&self.urls, &[]).output()?)
    }

    fn begin(&self) -> Result<Child, Failure> {
        Ok(self.loader(&self.urls, &[]).spawn()?)
    }

    /// Lets a share of the time of a whole load pass.
    fn wait(&self, share: f64) {
        std::thread::sleep(self.took.mul_f64(share));
    }

    /// Starts what does not run, and makes an empty index of a whole cluster.
    fn fresh(&self) -> Result<(), Failure> {
        self.start_nodes()?;
        let client = self.client()?;
        for index in [NAME.to_owned(), format!("{NAME}-tables")] {
            client.call(Verb::Delete, &format!("/{index}?ignore_unavailable=true"), None)?;
        }
        let empty = self.folder.path().join("empty");
        std::fs::create_dir_all(&empty)?;
        let mut command = Command::new(&self.program);
        command.arg("index").arg(&empty);
        self.at(&mut command, &self.urls);
        finished(command.output()?)?;
        self.set(json!({ "index.unassigned.node_left.delayed_timeout": "2s" }))?;
        self.green()
    }

    fn set(&self, settings: Value) -> Result<(), Failure> {
        let path = format!("/{NAME},{NAME}-tables/_settings");
        self.client()?.call(Verb::Put, &path, Some(&settings))?;
        Ok(())
    }

    /// Starts what does not run, and waits until each node answers and is in the cluster with all
    /// others. A node of many that has just been killed may be missed by none of them yet.
    fn start_nodes(&self) -> Result<(), Failure> {
        let started = Command::new("sh").args(["-c", &self.start]).output()?;
        if !started.status.success() {
            return Err(text(&started).into());
        }
        let nodes = self.urls.len();
        let path = format!("/_cluster/health?wait_for_nodes=>={nodes}&timeout=25s");
        let answers = |url: &String| -> Result<bool, Failure> {
            let address = ClusterAddress::parse(&[format!("{url}/{NAME}")], None)?;
            let found = Client::new(&address, LOADING_PATIENCE).call(Verb::Get, &path, None);
            Ok(found.is_ok_and(|health| health["number_of_nodes"] == nodes))
        };
        let began = Instant::now();
        for url in &self.urls {
            while !answers(url)? {
                if began.elapsed() > PATIENCE {
                    return Err(format!("{url} does not come back into the cluster").into());
                }
                std::thread::sleep(Duration::from_millis(500));
            }
        }
        Ok(())
    }

    /// Waits until every part has all its copies, and none of them moves.
    fn green(&self) -> Result<(), Failure> {
        let path = format!(
            "/_cluster/health/{NAME}*?wait_for_status=green&wait_for_nodes=>={}\
             &wait_for_no_relocating_shards=true&wait_for_no_initializing_shards=true&timeout=25s",
            self.urls.len()
        );
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let health = self.client()?.call(Verb::Get, &path, None);
            if health.is_ok_and(|h| h["status"] == "green" && h["timed_out"] == false) {
                return Ok(());
            }
        }
        Err("the cluster does not become green".into())
    }

    fn process(&self, node: usize) -> Result<String, Failure> {
        let folder = self.nodes.join(format!("node-{node}"));
        let process = std::fs::read_to_string(folder.join("pid"))?.trim().to_owned();
        let line = std::fs::read(Path::new("/proc").join(&process).join("cmdline"))?;
        match String::from_utf8_lossy(&line).contains(&*folder.to_string_lossy()) {
            true => Ok(process),
            false => Err(format!("process {process} is no node").into()),
        }
    }

    fn signal(&self, node: usize, signal: &str) -> Result<(), Failure> {
        let process = self.process(node)?;
        Command::new("kill").args([signal, &process]).status()?;
        if signal == "-KILL" {
            while Path::new("/proc").join(&process).exists() {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(())
    }

    fn nothing(&mut self) -> Result<String, Failure> {
        let began = Instant::now();
        self.load()?;
        self.took = began.elapsed();
        let rate = self.expected.len() as f64 / self.took.as_secs_f64();
        Ok(format!("{rate:.0} articles/s"))
    }

    fn thirds(&mut self) -> Result<String, Failure> {
        let began = Instant::now();
        let loaders: Vec<Child> = ["1/3", "2/3", "3/3"]
            .iter()
            .map(|part| self.loader(&self.urls, &["--part", part]).spawn())
            .collect::<Result<_, _>>()?;
        for loader in loaders {
            finished(loader.wait_with_output()?)?;
        }
        Ok(format!("{:.0} articles/s", self.expected.len() as f64 / began.elapsed().as_secs_f64()))
    }

    fn node_lost(&mut self) -> Result<String, Failure> {
        let loader = self.begin()?;
        self.wait(0.4);
        self.signal(1, "-KILL")?;
        std::fs::remove_dir_all(self.nodes.join("node-1/data"))?;
        self.wait(0.2);
        self.start_nodes()?;
        finished(loader.wait_with_output()?)?;
        Ok("the loader went on".to_owned())
    }

    fn node_paused(&mut self) -> Result<String, Failure> {
        let loader = self.begin()?;
        self.wait(0.3);
        self.signal(2, "-STOP")?;
        std::thread::sleep(Duration::from_secs(30));
        self.signal(2, "-CONT")?;
        finished(loader.wait_with_output()?)?;
        Ok("the loader went on".to_owned())
    }

    fn all_killed(&mut self) -> Result<String, Failure> {
        let loader = self.begin()?;
        self.wait(0.4);
        for node in 0..self.urls.len() {
            self.signal(node, "-KILL")?;
        }
        self.start_nodes()?;
        finished(loader.wait_with_output()?)?;
        Ok("the loader went on".to_owned())
    }

    /// The arguments of a search.
    fn search(question: &str) -> Vec<String> {
        let rest = ["--sort", "newest", "-n", "40", "--format", "json", "--accessed", "2026-01-01"];
        ["search", question].into_iter().chain(rest).map(str::to_owned).collect()
    }

    /// Kills a node under searches, starts it again, and judges each answer by that of the folder.
    fn killed_searching(&mut self) -> Result<String, Failure> {
        self.load()?;
        let index = self.folder.path().join("index");
        let mut right = Vec::new();
        for question in QUESTIONS {
            let mut command = Command::new(&self.program);
            command.args(Trials::search(question)).arg("--index").arg(&index);
            right.push(command.output()?.stdout);
        }
        let (stop, next) = (AtomicBool::new(false), AtomicUsize::new(0));
        let [whole, partial, refused, wrong] =
            std::thread::scope(|scope| -> Result<[u64; 4], Failure> {
                // Errors of other threads are told as texts.
                let ask = || self.searches(&right, &stop, &next).map_err(|e| e.to_string());
                let threads: Vec<_> = (0..SEARCHERS).map(|_| scope.spawn(ask)).collect();
                let done = self.node_killed_and_back();
                stop.store(true, Ordering::Relaxed);
                let mut all = [0; 4];
                for thread in threads {
                    let seen = thread.join().map_err(|_| "a searcher ended early")??;
                    all.iter_mut().zip(seen).for_each(|(all, own)| *all += own);
                }
                done.map(|()| all)
            })?;
        if wrong > 0 || whole == 0 {
            return Err(format!("of the answers, {wrong} were wrong and {whole} whole").into());
        }
        let said = "said to be partial";
        Ok(format!("{whole} answers whole, {partial} {said}, {refused} refused (exit 2), 0 wrong"))
    }

    /// Kills a node after a while, and starts it again after another.
    fn node_killed_and_back(&self) -> Result<(), Failure> {
        std::thread::sleep(SEARCHED);
        self.signal(1, "-KILL")?;
        std::thread::sleep(SEARCHED);
        self.start_nodes()?;
        std::thread::sleep(SEARCHED);
        Ok(())
    }

    /// Searches until it is stopped. Counts the answers that are whole and right, those that say
    /// that they are partial, refusals, and answers that are wrong.
    fn searches(
        &self,
        right: &[Vec<u8>],
        stop: &AtomicBool,
        next: &AtomicUsize,
    ) -> Result<[u64; 4], Failure> {
        let mut seen = [0; 4];
        while !stop.load(Ordering::Relaxed) {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let at = turn % QUESTIONS.len();
            let mut command = Command::new(&self.program);
            command.args(Trials::search(QUESTIONS[at]));
            // Every other round takes what the parts that are left answer.
            command.args((turn / QUESTIONS.len() % 2 == 1).then_some("--partial"));
            self.at(&mut command, &self.urls);
            let output = command.output()?;
            let told = String::from_utf8_lossy(&output.stderr);
            let kind = match output.status.code() {
                Some(0 | 1) if told.contains("not whole") => 1,
                Some(0 | 1) if output.stdout == right[at] => 0,
                Some(2) => 2,
                _ => {
                    eprintln!("{}: another answer than the folder's: {told}", QUESTIONS[at]);
                    3
                }
            };
            seen[kind] += 1;
        }
        Ok(seen)
    }

    /// Loads the halves at once, by a clock that is an hour ahead and one that is an hour behind;
    /// then the one behind writes everything again: its writes are later all the same.
    fn clocks_apart(&mut self) -> Result<String, Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() as i64;
        let clock = |loader: &mut Command, apart: i64| {
            loader.env("SOURCE_DATE_EPOCH", (now + apart).to_string());
        };
        let mut halves = Vec::new();
        for (part, apart) in [("1/2", APART), ("2/2", -APART)] {
            let mut loader = self.loader(&self.urls, &["--part", part]);
            clock(&mut loader, apart);
            halves.push(loader.spawn()?);
        }
        for half in halves {
            finished(half.wait_with_output()?)?;
        }
        for apart in [APART, -APART] {
            let mut loader = self.loader(&self.urls, &["--rebuild"]);
            clock(&mut loader, apart);
            finished(loader.output()?)?;
        }
        let mut stale = 0;
        Scan { fields: &["row.seen"], ..Scan::default() }.each(&self.client()?, |hit| {
            stale += u64::from(hit["fields"]["row.seen"][0].as_i64() != Some(now - APART));
            Ok(())
        })?;
        match stale {
            0 => Ok("the last writer's articles hold, though its clock is behind".to_owned()),
            _ => Err(format!("{stale} articles are not those of the last writer").into()),
        }
    }

    fn full_disk(&mut self) -> Result<String, Failure> {
        let loader = self.begin()?;
        self.wait(0.4);
        self.set(json!({ "index.blocks.read_only_allow_delete": true }))?;
        let ended = loader.wait_with_output()?;
        let told = text(&ended);
        if ended.status.code() != Some(2) || !told.contains("make room") {
            return Err(format!("a full disk is told as: {told}").into());
        }
        self.set(json!({ "index.blocks.read_only_allow_delete": null }))?;
        self.load()?;
        Ok("exit 2 with the next step; the next run completed it".to_owned())
    }

    fn gateway(&mut self) -> Result<String, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let to = self.urls[0].trim_start_matches("http://").to_owned();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let to = to.clone();
                std::thread::spawn(move || pass_on(&stream, &to));
            }
        });
        finished(self.loader(&[url], &[]).output()?)?;
        Ok(format!("requests of more than {GATEWAY_BYTES} bytes were halved"))
    }

    fn loader_killed(&mut self) -> Result<String, Failure> {
        let mut finished_files = 0;
        for kill in 0..KILLS {
            // Once all is there, a rebuild writes it again.
            let again: &[&str] = if kill < KILLS / 2 { &[] } else { &["--rebuild"] };
            let mut loader = self.loader(&self.urls, again);
            let mut loader = loader.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            // At another moment each time, from the first request to the last.
            self.wait(f64::from(kill * 7 % KILLS) / f64::from(KILLS) * 0.9);
            loader.kill()?;
            loader.wait()?;
            let (healthy, report) = self.doctor()?;
            if !healthy {
                return Err(format!("after kill {}: {report}", kill + 1).into());
            }
            finished_files = report["articles"].as_u64().unwrap_or(0);
        }
        self.load()?;
        Ok(format!("{finished_files} articles after the last kill; the next run completed it"))
    }

    /// The doctor's report, and `true` if nothing is wrong.
    fn doctor(&self) -> Result<(bool, Value), Failure> {
        let mut command = Command::new(&self.program);
        command.args(["doctor", "--format", "json"]);
        self.at(&mut command, &self.urls);
        let output = command.output()?;
        let report = serde_json::from_slice(&output.stdout).map_err(|_| text(&output))?;
        Ok((output.status.success(), report))
    }

    /// Prints a line of the table; `false` where something is not as it has to be.
    fn tell(&self, name: &str, took: Duration, seen: &str) -> Result<bool, Failure> {
        self.green()?;
        let (mut found, mut doubled) = (BTreeMap::new(), 0u64);
        let fields = ["text"];
        let client = self.whole_client()?;
        Scan { fields: &fields, ..Scan::default() }.each(&client, |hit| {
            let digits = |value: &Value| u64::from_str_radix(value.as_str()?, 16).ok();
            let number = digits(&hit["fields"]["number"][0]);
            // Only copies of a text say whose.
            let text = digits(&hit["fields"]["text"][0]).or(number).unwrap_or(0);
            doubled += u64::from(found.insert(number, text).is_some());
            Ok(())
        })?;
        let lost = self.expected.keys().filter(|&&n| !found.contains_key(&Some(n))).count();
        let copies = self
            .expected
            .iter()
            .filter(|&(&number, text)| found.get(&Some(number)).is_some_and(|found| found != text));
        let copies = copies.count();
        let more = found.len() + lost - self.expected.len();
        let (healthy, report) = self.doctor()?;
        let faults: u64 = report["checks"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|check| check["wrong"].as_u64())
            .sum();
        println!(
            "| {name} | {:.1} | {} | {lost} | {} | {copies} | {faults} | {seen} |",
            took.as_secs_f64(),
            found.len(),
            doubled + more as u64,
        );
        Ok(healthy && lost == 0 && doubled == 0 && more == 0 && copies == 0)
    }
}

/// Passes the requests of a connection on to a node, one after the other, but large ones.
fn pass_on(mut client: &TcpStream, to: &str) -> Option<()> {
    loop {
        let request = message(client)?;
        if request.len() > GATEWAY_BYTES {
            let head = "HTTP/1.1 413 Request Entity Too Large\r\ncontent-length: 0\r\n\r\n";
            client.write_all(head.as_bytes()).ok()?;
            continue;
        }
        let node = TcpStream::connect(to).ok()?;
        (&node).write_all(&request).ok()?;
        client.write_all(&message(&node)?).ok()?;
    }
}

/// A whole message of HTTP with a length, or in chunks.
fn message(mut stream: &TcpStream) -> Option<Vec<u8>> {
    let (mut bytes, mut piece) = (Vec::new(), vec![0u8; 1 << 16]);
    loop {
        let read = stream.read(&mut piece).ok().filter(|&read| read > 0)?;
        bytes.extend(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length:").nth(1).and_then(|l| l.lines().next());
        let length: usize = length.and_then(|l| l.trim().parse().ok()).unwrap_or(0);
        let chunked = head.contains("transfer-encoding: chunked");
        if chunked && bytes.ends_with(b"0\r\n\r\n") || !chunked && bytes.len() >= end + 4 + length {
            return Some(bytes);
        }
    }
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

/// Checks that a program ended well.
fn finished(output: Output) -> Result<(), Failure> {
    if output.status.success() { Ok(()) } else { Err(text(&output).into()) }
}
