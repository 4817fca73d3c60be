"""Pairs out of crawl files, against the datasets that the command builds of the same files."""

import functools
import gzip
import http.server
import io
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import unittest

import pyarrow as pa
import sayso

import crawl
from dataset import Built, Folder, build, demo, needs_command, shared

# What a sample and a pair have in common, that does not depend on how often a pair was seen.
COMMON = ["url", "caption", "domain", "licence", "language", "cc2dataset_uid", "creator", "creator_origin"]


def rows(table, columns=COMMON):
    return table.select(columns).to_pylist()


CRAWLS = (".warc", ".warc.gz", ".wat", ".wat.gz", ".arc", ".arc.gz", ".wacz")


class EqualToABuild(Folder):
    @needs_command
    def same_as_build(self, name, data=None, path=None):
        """Every sample's row is that of a pair, all pairs are samples or equal to one, and the captures add up."""
        if path is None:
            path = self.file(name, data)
        table = sayso.read_wat(path).read_all()
        built = build(path, self.dir / "built", "--policy", "record", "--features", "none")
        samples, report = built.samples(), built.report
        reader = sayso.read_wat(path)
        self.assertEqual(reader.read_all(), table, "twice the same")
        self.assertEqual(reader.report["counts"]["pairs"], table.num_rows)
        self.assertEqual(reader.report["counts"]["pairs"], report["counts"]["pairs"])
        self.assertEqual(reader.report["counts"]["records"], report["counts"]["records"])
        damage = {kind: found for kind, found in report["damage"].items() if kind != "picture"}
        self.assertEqual(reader.report["damage"], damage)
        self.assertEqual(table.num_rows - report["duplicates"], samples.num_rows)
        if not samples.num_rows:
            return table
        # The sample has the row of its first capture: by record, with what stands there.
        pairs = {}
        for row in table.to_pylist():
            pairs.setdefault(row["uid"], []).append(row)
        self.assertEqual(set(pairs), set(samples["uid"].to_pylist()))
        for sample in samples.to_pylist():
            places = [row for row in pairs[sample["uid"]] if row["record"] == sample["record"]]
            wanted = {column: sample.get(column) for column in [*COMMON, "page_url", "captured_at", "caption_origin"]}
            self.assertIn(wanted, [{column: row[column] for column in wanted} for row in places])
        return table

    def same_verdicts(self, path, table):
        """What the crawl says of sites and pictures counts as it does in the build that was just made."""
        built = Built(self.dir / "built")
        judged = sayso.judge(table, merge=True, policy="record", crawl=path)
        columns = ["uid", "captures", "verdict", "reasons"]
        self.assertEqual(judged.select(columns).to_pylist(), built.rows(columns))

    def test_a_wat(self):
        table = self.same_as_build("made.warc.wat.gz", crawl.wat(600))
        self.assertEqual(table.num_rows, 600 * 6)
        self.assertTrue(any(table["signals"].to_pylist()) and None in table["signals"].to_pylist())
        self.assertIn("caption", table["creator_origin"].to_pylist())

    def test_in_plain_and_as_one_stream(self):
        records = list(crawl.pages(80))
        plain = self.same_as_build("plain.warc.wat", b"".join(records))
        whole = self.same_as_build("whole.warc.wat.gz", gzip.compress(b"".join(records)))
        self.assertEqual(rows(plain), rows(whole))

    @needs_command
    def test_the_demo(self):
        self.same_verdicts(demo(), self.same_as_build("demo", path=demo()))

    def test_crawls_that_nobody_here_wrote(self):
        folder = shared("anchors/crawl")
        if folder is None:
            self.skipTest("the folder of crawl files that nobody here wrote is not there")
        found = [path for path in sorted(folder.rglob("*")) if path.name.endswith(CRAWLS)]
        self.assertGreater(len(found), 100)
        together = self.dir / "crawls"
        together.mkdir()
        for number, path in enumerate(found):
            (together / f"{number:03}-{path.name}").symlink_to(path)
        table = self.same_as_build("crawls", path=together)
        self.assertGreater(table.num_rows, 500)
        self.same_verdicts(together, table)

    def test_a_folder_and_a_list(self):
        folder = self.dir / "crawl"
        folder.mkdir()
        records = list(crawl.pages(90))
        for part in range(3):
            (folder / f"{part}.warc.wat.gz").write_bytes(crawl.gzipped(records[part::3]))
        table = self.same_as_build("crawl", path=folder)
        listed = self.dir / "few.paths"
        listed.write_text("".join(f"{part}.warc.wat.gz\n" for part in range(3)))
        self.assertEqual(sayso.read_wat(listed, prefix=f"{folder}/").read_all(), table)


class Sources(Folder):
    def test_path_bytes_and_streams_give_the_same(self):
        data = crawl.wat(300)
        path = self.file("made.warc.wat.gz", data)
        expected = sayso.read_wat(path).read_all()
        for source in [str(path), data, bytearray(data), memoryview(data), io.BytesIO(data)]:
            table = sayso.read_wat(source, name="made.warc.wat.gz").read_all()
            self.assertEqual(table, expected, type(source))
        with open(path, "rb") as file:
            self.assertEqual(sayso.read_wat(file).read_all(), expected)
        with open(path, "rb", buffering=0) as file:
            self.assertEqual(sayso.read_wat(Dribbling(file), name="made.warc.wat.gz").read_all(), expected)

    def test_an_address(self):
        """Read while the interpreter is let go: the server is a thread of this very process."""
        data = crawl.wat(200)
        self.file("made.warc.wat.gz", data)
        handler = functools.partial(Silent, directory=str(self.dir))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/made.warc.wat.gz"
            self.assertEqual(sayso.read_wat(address).read_all(), sayso.read_wat(data).read_all())
            with self.assertRaises(sayso.SaysoError):
                sayso.read_wat(f"http://127.0.0.1:{server.server_port}/none.warc.wat.gz")
            server.shutdown()

    def test_batches_are_as_large_as_one_asks(self):
        data = crawl.wat(500)
        for rows_asked in [1, 7, 1000, 10**9]:
            batches = list(sayso.read_wat(data, batch_rows=rows_asked))
            self.assertEqual(sum(batch.num_rows for batch in batches), 3000)
            self.assertTrue(all(0 < batch.num_rows <= rows_asked for batch in batches))
        for batch in batches:
            batch.validate(full=True)
            self.assertEqual(batch.schema, sayso.pairs_schema())

    def test_arrow_streams(self):
        data = crawl.wat(200)
        expected = sayso.read_wat(data).read_all()
        self.assertEqual(pa.table(sayso.read_wat(data)), expected)
        self.assertEqual(pa.RecordBatchReader.from_stream(sayso.read_wat(data)).read_all(), expected)
        self.assertIsInstance(sayso.read_wat(data).arrow(), pa.RecordBatchReader)
        reader = sayso.read_wat(data, batch_rows=100)
        first = next(reader)
        self.assertEqual(pa.Table.from_batches([first, *reader.arrow()]), expected, "the rest, behind what was read")
        self.assertEqual(reader.read_all().num_rows, 0)

    def test_names_of_creators(self):
        data = crawl.gzipped([crawl.wat_page("https://a.example/", [("/1.jpg", "nightfall, Ilse Beispiel")])])
        names = self.file("names.txt", "Ilse Beispiel\n".encode())
        self.assertEqual(sayso.read_wat(data, names=names).read_all()["creator"].to_pylist(), ["Ilse Beispiel"])
        with self.assertRaises(sayso.SaysoError):
            sayso.read_wat(data, names=self.dir / "none.txt")

    def test_close(self):
        with sayso.read_wat(crawl.wat(50)) as reader:
            next(reader)
        self.assertEqual(list(reader), [])
        self.assertEqual(reader.report["counts"]["pages"], 50)


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Dribbling:
    """A stream that gives less than it is asked for, as sockets do."""

    def __init__(self, file):
        self.file = file

    def read(self, count):
        return self.file.read(min(count, 1777))


class BadInput(Folder):
    def refused(self, source, *parts, **how):
        with self.assertRaises(sayso.SaysoError) as caught:
            sayso.read_wat(source, **how).read_all()
        for part in parts:
            self.assertIn(part, str(caught.exception))
        self.assertTrue(caught.exception.sentence)
        self.assertEqual(pickle.loads(pickle.dumps(caught.exception)).hint, caught.exception.hint)
        return caught.exception

    def test_what_cannot_be_read(self):
        error = self.refused(self.dir / "there-is-none.wat.gz", "there-is-none.wat.gz", "it is not there")
        self.assertEqual(error.hint, "check the path")
        self.refused(b"", "it is empty")
        self.refused(b"just some text, and no crawl at all\n" * 100, "neither WARC, WAT, WACZ nor ARC")
        self.refused(self.file("notes.md", b"just some text\n"), "notes.md")
        self.refused(gzip.compress(b"just some text"), "neither WARC, WAT, WACZ nor ARC")
        self.refused(b"PK\x03\x04" + bytes(100), "write it to disk")
        self.refused(self.dir, "no crawl file lies in it")
        self.refused("-", "standard input")
        self.refused(42, "cannot read pairs of a int")
        self.refused(None, "cannot read pairs of a NoneType")
        self.refused(io.StringIO("text"), "binary mode")
        self.refused(crawl.wat(3), "a batch cannot have 0 rows", batch_rows=0)
        self.refused(crawl.wat(3), "limit", "recrd-bytes", limits={"recrd-bytes": 3})
        self.refused(os.fsdecode(b"nowhere\xff.wat"), "no text")
        with self.assertRaises(TypeError):
            sayso.read_wat(crawl.wat(3), limits={"record-bytes": "many"})
        with self.assertRaises(OverflowError):
            sayso.read_wat(crawl.wat(3), limits={"record-bytes": -1})

    def test_what_is_cut_off_is_counted_and_the_rest_is_read(self):
        whole = sayso.read_wat(crawl.wat(300)).read_all()
        data = crawl.wat(300)
        reader = sayso.read_wat(data[: len(data) * 2 // 3], name="cut.wat.gz")
        table = reader.read_all()
        self.assertTrue(0 < table.num_rows < whole.num_rows)
        self.assertEqual(rows(table, ["uid"]), rows(whole.slice(0, table.num_rows), ["uid"]))
        damage = reader.report["damage"]
        self.assertEqual({kind: found["count"] for kind, found in damage.items()}, {"truncated": 1})
        self.assertEqual(damage["truncated"]["examples"][0]["file"], "cut.wat.gz")

    def test_what_is_broken_in_the_middle(self):
        members = [gzip.compress(one) for one in crawl.pages(40)]
        members[10] = members[10][:40] + bytes(20) + members[10][60:]
        members[20] = gzip.compress(crawl.record("https://a.example/", b'{"Envelope": {'))
        reader = sayso.read_wat(b"".join(members))
        self.assertEqual(reader.read_all().num_rows, 38 * 6)
        self.assertEqual(reader.report["damage"]["compression"]["count"], 1)
        self.assertEqual(reader.report["damage"]["wat-json"]["count"], 1)

    def test_a_limit(self):
        reader = sayso.read_wat(crawl.wat(20), limits={"caption-bytes": 20, "page_links": 3})
        table = reader.read_all()
        self.assertTrue(all(len(caption.encode()) <= 20 for caption in table["caption"].to_pylist()))
        self.assertTrue({"caption-too-long", "too-many-links"} <= set(reader.report["damage"]))

    def test_a_stream_that_fails(self):
        class Failing:
            def __init__(self, error, after):
                self.file, self.error, self.after = io.BytesIO(crawl.wat(4000)), error, after

            def read(self, count):
                self.after -= count
                if self.after < 0:
                    raise self.error
                return self.file.read(count)

        for after in [0, 100_000]:
            error = self.refused(Failing(RuntimeError("the store is gone"), after), "the store is gone", name="far.wat.gz")
            self.assertIsInstance(error.__cause__, RuntimeError)
            with self.assertRaises(KeyboardInterrupt):
                sayso.read_wat(Failing(KeyboardInterrupt(), after)).read_all()
        # Of the same kind where another library walks over the stream, which knows only its own.
        with self.assertRaisesRegex(Exception, "the store is gone"):
            pa.table(sayso.read_wat(Failing(RuntimeError("the store is gone"), 100_000)))

        class Generous:
            def read(self, count):
                return bytes(count + 1)

        self.refused(Generous(), "more bytes than it was asked for")


class InProcesses(Folder):
    def test_memory_does_not_grow_with_the_file(self):
        """A gibibyte of pairs is read in less than a quarter of that, by a process of its own."""
        code = (
            "import resource, sys, sayso\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "read = [(batch.num_rows, batch.nbytes) for batch in sayso.read_wat(sys.argv[1], batch_rows=100)]\n"
            "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
            "print(sum(rows for rows, _ in read), sum(size for _, size in read), grown * 1024)\n"
        )
        # Each pair has its page's address, which is long.
        address = "https://site.example/" + random.Random(1).randbytes(10_000).hex()
        found = [(f"/{picture}.jpg", f"picture {picture}") for picture in range(20)]
        part = crawl.gzipped([crawl.wat_page(address, found)]) * 200
        path = self.file("large.warc.wat.gz", part * 15)
        out = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True).stdout
        rows, size, grown = map(int, out.split())
        self.assertEqual(rows, 20 * 200 * 15)
        self.assertGreater(size, 1 << 30)
        self.assertLess(grown, size // 4, out)

    def test_ctrl_c(self):
        code = (
            "import io, signal, sys, sayso\n"
            # Whoever starts the tests may have it ignored.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "class Endless:\n"
            "    def __init__(self, data): self.data, self.at = data, 0\n"
            "    def read(self, count):\n"
            "        part = self.data[self.at:self.at + count]\n"
            "        self.at = (self.at + len(part)) % len(self.data)\n"
            "        return part\n"
            "reader = sayso.read_wat(Endless(open(sys.argv[1], 'rb').read()))\n"
            "next(reader)\n"
            "try:\n"
            "    print('reading', flush=True)\n"
            "    walk = {'batches': lambda: [None for _ in reader], 'stream': lambda: [None for _ in reader.arrow()]}[sys.argv[2]]\n"
            "    walk()\n"
            "except KeyboardInterrupt:\n"
            "    print('interrupted', reader.report['counts']['pages'] > 0)\n"
        )
        path = self.file("made.warc.wat.gz", crawl.wat(2000))
        for walk in ["batches", "stream"]:
            child = subprocess.Popen([sys.executable, "-c", code, path, walk], stdout=subprocess.PIPE, text=True)
            self.assertEqual(child.stdout.readline(), "reading\n")
            child.send_signal(signal.SIGINT)
            out, _ = child.communicate(timeout=60)
            self.assertEqual((out, child.returncode), ("interrupted True\n", 0), walk)

    def test_threads_share_a_reader(self):
        data = crawl.wat(3000)
        expected = sayso.read_wat(data).read_all()
        for source in [data, io.BytesIO(data)]:
            reader, found, failed = sayso.read_wat(source, batch_rows=500, name="bytes"), [], []

            def work():
                try:
                    found.extend(reader)
                    reader.report
                except BaseException as error:
                    failed.append(error)

            threads = [threading.Thread(target=work) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join(120) for thread in threads]
            self.assertEqual(failed, [])
            table = pa.Table.from_batches(found)
            self.assertEqual(sorted(table["uid"].to_pylist()), sorted(expected["uid"].to_pylist()))

    def test_the_interpreter_is_let_go(self):
        """Another thread counts while one reads: it could not, if reading held the interpreter."""
        data, done, counted = crawl.wat(3000, pictures=20), threading.Event(), 0

        def read():
            for _ in sayso.read_wat(data, batch_rows=10**9):
                pass
            done.set()

        thread = threading.Thread(target=read)
        interval = sys.getswitchinterval()
        # Nobody who holds it is asked to give it away in time.
        sys.setswitchinterval(1000)
        try:
            thread.start()
            while not done.is_set():
                counted += 1
                done.wait(0.0005)
        finally:
            sys.setswitchinterval(interval)
            thread.join()
        self.assertGreater(counted, 20)


if __name__ == "__main__":
    unittest.main()
