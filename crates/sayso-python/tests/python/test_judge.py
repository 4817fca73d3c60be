"""Verdicts on pairs, against those of the datasets that the command builds."""

import collections
import json
import pickle
import unittest

import pyarrow as pa
import pyarrow.compute as pc
import sayso

import crawl
from dataset import Folder, build, demo, needs_command, run

ADDED = ["verdict", "reason", "reasons", "admitted", "excluded_by"]


class EqualToABuild(Folder):
    @needs_command
    def same_as_build(self, path, *flags, **by):
        """With `merge`, each distinct pair has the verdict that a build gives it, for the same reasons, in the same order."""
        built = build(path, self.dir / "built", *flags)
        judge = sayso.Judge(**by)
        judged = judge(sayso.read_wat(path).read_all(), merge=True)
        admitted = judged.filter(pc.field("admitted"))
        samples = built.samples()
        columns = ["uid", "url", "caption", "page_url", "captured_at", "captures", "verdict", "reason", "reasons"]
        self.assertEqual(admitted.select(columns).to_pylist(), built.rows(columns))
        refused = judged.filter(~pc.field("admitted")).select(["uid", "excluded_by"]).to_pylist()
        self.assertEqual({row["uid"]: row["excluded_by"] for row in refused}, built.exclusions())
        report = judge.report
        self.assertEqual(report["refused_by_reason"], built.report["exclusions_by_reason"])
        self.assertEqual(report["verdicts"], built.report["verdicts"])
        self.assertEqual((report["admitted"], report["refused"]), (samples.num_rows, built.report["exclusions"]))
        return judged

    def test_a_wat_under_every_policy(self):
        path = self.file("made.warc.wat.gz", crawl.wat(700))
        refused = set()
        for policy in ["opt-out", "strict", "opt-in", "record"]:
            for purpose in ["train-genai", "search"]:
                with self.subTest(policy=policy, purpose=purpose):
                    flags = ["--policy", policy, "--purpose", purpose]
                    judged = self.same_as_build(path, *flags, policy=policy, purpose=purpose)
                    refused.add(judged.filter(~pc.field("admitted")).num_rows)
        self.assertGreaterEqual(len(refused), 3)

    def test_a_policy_file_and_personal_data(self):
        path = self.file("made.warc.wat.gz", crawl.wat(300))
        policy = self.file("museum.toml", b'name = "museum"\nbase = "opt-out"\nrefuse = ["no-statement"]\n')
        self.same_as_build(path, "--policy", policy, policy=policy)
        judged = self.same_as_build(path, "--drop-personal", drop_personal=True)
        self.assertIn("personal-data", judged["excluded_by"].to_pylist())

    @needs_command
    def test_the_demo_with_its_sites_and_pictures(self):
        path = demo()
        judged = self.same_as_build(path, "--features", "none", crawl=path)
        self.assertTrue(0 < judged.filter(pc.field("admitted")).num_rows < judged.num_rows)
        # Without what the crawl says beside its pages, less is refused: that is why it is asked for.
        alone = sayso.judge(sayso.read_wat(path).read_all(), merge=True)
        self.assertGreater(alone.filter(pc.field("admitted")).num_rows, judged.filter(pc.field("admitted")).num_rows)

    @needs_command
    def test_robots_of_another_crawl(self):
        path = self.file("made.warc.wat.gz", crawl.wat(200))
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: GPTBot\nDisallow: /\n"
        records = [
            crawl.record(f"https://site{site}.example/robots.txt", answer, "response", "application/http; msgtype=response")
            for site in range(0, 97, 2)
        ]
        robots = self.file("robots.warc.gz", crawl.gzipped(records))
        built = build(path, self.dir / "built", "--robots", robots)
        judged = sayso.judge(sayso.read_wat(path).read_all(), robots=robots, merge=True)
        refused = judged.filter(~pc.field("admitted"))
        self.assertEqual(dict(zip(refused["uid"].to_pylist(), refused["excluded_by"].to_pylist())), built.exclusions())
        plain = sayso.judge(sayso.read_wat(path).read_all(), merge=True)
        self.assertGreater(refused.num_rows, plain.filter(~pc.field("admitted")).num_rows)

    @needs_command
    def test_claims_and_tombstones(self):
        path = self.file("made.warc.wat.gz", crawl.wat(100))
        registry, older = self.dir / "claims", self.dir / "older"
        added = run("claim", "add", "--registry", registry, "--subject", "domain:site3.example", "--preference", "train-genai=n")
        self.assertEqual(added.returncode, 0, added.stderr)
        judged = self.same_as_build(path, "--registry", registry, registry=registry)
        self.assertTrue(any("claim" in (code or "") for code in judged["excluded_by"].to_pylist()))
        build(path, older)
        taken = run("takedown", older, "--registry", registry)
        self.assertEqual(taken.returncode, 0, taken.stderr)
        self.same_as_build(path, "--tombstones", older, tombstones=older)


class RowByRow(Folder):
    def setUp(self):
        super().setUp()
        self.table = sayso.read_wat(crawl.wat(400)).read_all()

    def test_rows_stay_and_columns_come(self):
        judged = sayso.judge(self.table)
        self.assertEqual(judged.select(self.table.column_names), self.table)
        self.assertEqual(judged.column_names, self.table.column_names + ADDED)
        self.assertEqual(set(judged["verdict"].to_pylist()), {"unknown", "disallowed", "allowed"})
        for row in judged.to_pylist():
            self.assertEqual(row["admitted"], row["verdict"] != "disallowed")
            self.assertEqual(row["excluded_by"], None if row["admitted"] else row["reason"])
            self.assertEqual(json.loads(row["reasons"])[0]["code"], row["reason"])

    def test_batch_by_batch_is_the_same(self):
        expected = sayso.judge(self.table)
        judge = sayso.Judge()
        by_batch = [judge(batch) for batch in self.table.to_batches(max_chunksize=77)]
        self.assertEqual(pa.Table.from_batches(by_batch), expected)
        self.assertEqual(judge.report["judged"], self.table.num_rows)
        reader = judge(self.table.to_reader(max_chunksize=50))
        self.assertIsInstance(reader, pa.RecordBatchReader)
        self.assertEqual(reader.read_all(), expected)
        self.assertEqual(sayso.judge(sayso.read_wat(crawl.wat(400))).read_all(), expected)
        empty = self.table.slice(0, 0)
        self.assertEqual(sayso.judge(empty).schema, expected.schema)
        self.assertEqual(sayso.judge(empty, merge=True).num_rows, 0)
        self.assertEqual(sayso.judge(self.table.to_batches()[0].slice(3, 0)).num_rows, 0)

    def test_other_types_of_text(self):
        expected = sayso.judge(self.table)["reasons"]
        for kind in [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]:
            columns = {name: self.table[name].cast(kind) if pa.types.is_string(self.table[name].type) else self.table[name]
                       for name in self.table.column_names}
            with self.subTest(kind):
                self.assertEqual(sayso.judge(pa.table(columns))["reasons"], expected)
        few = self.table.select(["signals", "page_url", "caption", "url"])
        self.assertEqual(sayso.judge(few)["reasons"], expected, "four columns are enough")

    def test_judged_again(self):
        once = sayso.judge(self.table, policy="record")
        twice = sayso.judge(once, policy="strict")
        self.assertEqual(twice, sayso.judge(self.table, policy="strict"), "the newer verdict takes the place of the older")

    def test_merging_counts_captures(self):
        judged = sayso.judge(self.table, merge=True)
        self.assertEqual(judged.num_rows, len(set(self.table["uid"].to_pylist())))
        captures = collections.Counter(self.table["uid"].to_pylist())
        self.assertEqual(dict(zip(judged["uid"].to_pylist(), judged["captures"].to_pylist())), dict(captures))
        refused = {row["uid"] for row in sayso.judge(self.table).to_pylist() if not row["admitted"]}
        merged = {row["uid"] for row in judged.to_pylist() if not row["admitted"]}
        self.assertEqual(merged, refused, "whoever is refused once is refused")
        shuffled = self.table.take(pc.sort_indices(self.table["cc2dataset_uid"]))
        again = sayso.judge(shuffled, merge=True)
        self.assertEqual(again, judged.cast(again.schema), "the order of the rows says nothing")

    def test_a_judge_travels(self):
        judge = sayso.Judge(policy="strict", purpose="search", limits={"robots-bytes": 1000})
        other = pickle.loads(pickle.dumps(judge))
        self.assertEqual(other(self.table), judge(self.table))

    def test_rows_that_cannot_be_judged_are_counted_and_not_admitted(self):
        broken = self.table.slice(0, 6).to_pylist()
        broken[1]["url"] = None
        broken[2]["caption"] = None
        broken[3]["page_url"] = None
        broken[4]["signals"] = "[{not json"
        table = pa.Table.from_pylist(broken, schema=pa.schema([field.with_nullable(True) for field in self.table.schema]))
        for merge in [False, True]:
            judge = sayso.Judge(policy="record")
            judged = judge(table, merge=merge)
            self.assertEqual(judged["admitted"].to_pylist().count(False), 4)
            self.assertEqual(judged["verdict"].null_count, 4)
            self.assertEqual((judge.report["not_judged"], judge.report["judged"]), (4, 2))


class BadInput(Folder):
    def test_what_is_refused(self):
        table = sayso.read_wat(crawl.wat(5)).read_all()
        for name in ["url", "caption", "page_url", "signals"]:
            with self.assertRaisesRegex(sayso.SaysoError, f"no column `{name}`"):
                sayso.judge(table.drop_columns([name]))
        wrong = {"url": pa.int64(), "captured_at": pa.string(), "creator": pa.float64(), "signals": pa.list_(pa.string())}
        for name, kind in wrong.items():
            changed = table.set_column(table.column_names.index(name), name, pa.nulls(table.num_rows, kind))
            with self.assertRaisesRegex(sayso.SaysoError, f"the column `{name}` is of the type"):
                sayso.judge(changed)
        for how, part in [
            ({"policy": "lenient"}, "lenient"),
            ({"policy": "nowhere/policy.toml"}, "policy.toml"),
            ({"purpose": "world-peace"}, "world-peace"),
            ({"registry": self.dir / "none"}, "none"),
            ({"robots": [self.dir / "none.warc"]}, "none.warc"),
            ({"tombstones": self.dir}, ""),
            ({"limits": {"no-such": 1}}, "no-such"),
        ]:
            with self.subTest(how), self.assertRaisesRegex(sayso.SaysoError, part):
                sayso.judge(table, **how)
        for wrong in [None, 3, "a table", [1, 2]]:
            with self.assertRaisesRegex(sayso.SaysoError, "cannot judge a"):
                sayso.judge(wrong)
        with self.assertRaises(TypeError):
            sayso.judge(table, polcy="strict")


if __name__ == "__main__":
    unittest.main()
