#!/usr/bin/env python3
"""Fails the calls of one update to the system, one after the other, and looks at what is left.

Usage: benches/faults.py target/quick/jianbao [MOST]   (Linux, with strace and zstd)

An update replaces, adds and deletes articles and merges segments. For each kind of call the n-th
fails with the errors that it can have, for n = 1.. (MOST of them, spread evenly, else all). Then
the index must be healthy, and hold what it held before or after; an update that ends with exit code
0 must have done its work; and the next update must.
"""
import collections, json, os, pathlib, re, shutil, subprocess, sys, tempfile

PROGRAM = os.path.abspath(sys.argv[1])
MOST = int(sys.argv[2]) if len(sys.argv) > 2 else sys.maxsize
ERRORS = {
    "openat": ["EMFILE", "EIO", "ENOSPC"], "write": ["ENOSPC", "EIO"], "mmap": ["ENOMEM"],
    "clone3": ["EAGAIN"], "read": ["EIO"], "rename": ["EIO"], "fdatasync": ["EIO"],
    "fsync": ["EIO"], "unlink": ["EIO"], "ftruncate": ["EIO"], "statx": ["EIO"],
    "getdents64": ["EIO"], "flock": ["EIO"], "mkdir": ["EIO"], "link": ["EIO"],
}


class Place:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "a").mkdir()
        words = self.folder / "def/lexicon"
        words.mkdir(parents=True)
        # A dictionary of few words is compiled in no time.
        subprocess.run(["zstd", "-q", "-o", words / "jieba.dict.zst"],
                       input="雪化 9 v\n镇长 9 n\n说 9 v\n".encode(), check=True)
        self.env = dict(os.environ, JIANBAO_DEFINITION=str(self.folder / "def"))
        self.env.pop("RUST_BACKTRACE", None)

    def run(self, *arguments, before=()):
        command = [*before, PROGRAM, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def write(self, i, what, time):
        line = lambda w: json.dumps({"id": f"{i}{w}", "content": f"镇长说：“第{i}天{w}化了。”"})
        path = self.folder / f"a/{i}.jsonl"
        path.write_text("".join(line(w) + "\n" for w in what))
        os.utime(path, (time, time))

    def update(self, index, before=()):
        return self.run("index", "a", "--index", index, "-q", "--threads", "1", before=before)

    def export(self, index):
        return self.run("export", "--index", index)[1]

    def strace(self, *options):
        shutil.rmtree(self.folder / "hit", ignore_errors=True)
        shutil.copytree(self.folder / "base", self.folder / "hit")
        return self.update("hit", before=["strace", "-f", "-o", "trace", *options])


def faults(place, call, code, said, old, new):
    if code not in (0, 2):
        yield f"exit {code}"
    if "could not be understood" in said or code == 2 and not said.strip():
        yield "no reason"
    health, told = place.run("doctor", "--index", "hit")
    if health != 0:
        yield "doctor: " + told[:200]
    found = place.export("hit")
    # A source that cannot be read keeps the articles that it had, and is read by the next update.
    lines = set((old + new).splitlines())
    if not (call == "read" and set(found.splitlines()) <= lines):
        if found not in (old, new) or code == 0 and found != new:
            yield "neither as before nor as after"
    if place.update("hit")[0] != 0 or place.export("hit") != new:
        yield "the next update fails"


def main(place):
    for i in range(7):
        place.write(i, "雪冰", 1_600_000_000 + i)
        assert place.update("base")[0] == 0
    old = place.export("base")
    for i, what in [(2, "雪霜"), (4, "雪"), (7, "冰")]:
        place.write(i, what, 1_700_000_000)
    assert place.strace("-e", "trace=" + ",".join(ERRORS))[0] == 0
    new = place.export("hit")
    calls = collections.Counter(re.findall(r"^\d+ +(\w+)\(", (place.folder / "trace").read_text(), re.M))
    tried, wrong, codes = 0, 0, collections.Counter()
    for call, count in calls.items():
        for error in ERRORS.get(call, []):
            step = max(1, -(-count // MOST))
            for n in range(1, count + 1, step):
                code, said = place.strace("-e", f"inject={call}:error={error}:when={n}")
                # The loader found no library, or the runtime no stack, before the program began.
                early = ["loading shared libraries", "alternative stack"]
                if any(words in said for words in early) or code == -11 and not said:
                    continue
                tried += 1
                codes[code] += 1
                found = list(faults(place, call, code, said, old, new))
                wrong += bool(found)
                if found:
                    print(call, error, n, found, said.strip()[:200])
    print(f"{sum(calls.values())} calls, {tried} updates with one that failed, {wrong} wrong; exit codes {dict(codes)}")
    sys.exit(wrong > 0)


with tempfile.TemporaryDirectory() as folder:
    main(Place(folder))
