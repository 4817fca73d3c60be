"""Checks and searches, against what the command prints."""

import gzip
import json
import pathlib
import re
import unittest

import sayso

import crawl
from dataset import Folder, build, demo, needs_command, run

HERE = pathlib.Path(__file__).resolve().parent


class Check(Folder):
    @needs_command
    def test_as_the_command(self):
        folder = self.dir / "pictures"
        made = run("reserve", *self.pictures(), "--no", "train-genai", "-o", folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
        (folder / "notes.md").write_text("nothing to see")
        for flags, how in [
            ([], {}),
            (["--purpose", "search"], {"purpose": "search"}),
            (["--policy", "strict"], {"policy": "strict"}),
        ]:
            printed = json.loads(run("check", folder, "--json", *flags).stdout)
            found = sayso.check(folder, **how)
            self.assertEqual(found, printed)
            self.assertEqual(sayso.check([str(folder)], threads=1, **how), printed)
        refused = {picture["path"] for picture in sayso.check(folder)["pictures"] if picture["decision"] == "refused"}
        self.assertGreaterEqual(len(refused), 2)

    def pictures(self):
        """Two pictures of the demo's web, out of its crawl file."""
        whole = gzip.decompress(demo().read_bytes())
        found = []
        for number, match in enumerate(re.finditer(rb"\x89PNG\r\n\x1a\n.*?IEND....", whole, re.DOTALL)):
            found.append(self.file(f"{number}.png", match.group()))
        for number, match in enumerate(re.finditer(rb"\xff\xd8\xff.*?\xff\xd9(?=\r\n\r\nWARC|\r\n\r\n$)", whole, re.DOTALL)):
            found.append(self.file(f"{number}.jpg", match.group()))
        self.assertGreaterEqual(len(found), 2)
        return found[:2]

    def test_what_is_refused(self):
        with self.assertRaisesRegex(sayso.SaysoError, "none"):
            sayso.check(self.dir / "none")
        with self.assertRaisesRegex(sayso.SaysoError, "world-peace"):
            sayso.check(self.dir, purpose="world-peace")
        empty = sayso.check(self.dir)
        self.assertEqual((empty["checked"], empty["bad"][0]["kind"]), (0, "empty"))


class Search(Folder):
    @needs_command
    def test_as_the_command(self):
        path = self.file("made.warc.wat.gz", crawl.wat(200))
        built = build(path, self.dir / "my-dataset")
        for query, how, flags in [
            ("lighthouse", {}, []),
            ("verdict:allowed storm", {"limit": 3}, ["-n", "3"]),
            ("東京 -owl", {"offset": 5, "sort": "domain"}, ["--offset", "5", "--sort", "domain"]),
            ("nobody-wrote-this", {}, []),
        ]:
            printed = run("search", built.dir, query, "--json", *flags)
            self.assertEqual(sayso.search(built.dir, query, **how), json.loads(printed.stdout), printed.stderr)
        self.assertGreater(sayso.search([built.dir], "lighthouse")["total"], 10)

    @needs_command
    def test_what_is_refused(self):
        built = build(self.file("made.warc.wat.gz", crawl.wat(20)), self.dir / "my-dataset")
        for query, how in [('"not closed', {}), ("owl", {"sort": "beauty"}), ("owl", {"limit": 10**9})]:
            with self.subTest(query, **how), self.assertRaises(sayso.SaysoError):
                sayso.search(built.dir, query, **how)
        with self.assertRaises(sayso.SaysoError):
            sayso.search(self.dir / "none", "owl")


class Package(unittest.TestCase):
    def test_what_is_said_of_it(self):
        self.assertRegex(sayso.__version__, r"^\d+\.\d+\.\d+")
        folder = pathlib.Path(sayso.__file__).parent
        self.assertTrue((folder / "py.typed").exists() and (folder / "_sayso.pyi").exists())
        for name in sayso.__all__:
            said = getattr(sayso, name).__doc__
            if name != "__version__":
                self.assertIn(">>>", said, f"{name} has no example")

    def test_recipes_stand_in_the_reference(self):
        reference = HERE.parents[3] / "docs" / "reference" / "python.md"
        recipes = sorted((HERE.parents[1] / "recipes").glob("*.py"))
        if not reference.exists():
            self.skipTest("the reference lies in the repository")
        self.assertGreaterEqual(len(recipes), 3)
        said = reference.read_text()
        for recipe in recipes:
            _, _, code = recipe.read_text().partition("\n\n")
            self.assertIn(code.strip(), said, f"{recipe.name} is not in docs/reference/python.md as it stands")


if __name__ == "__main__":
    unittest.main()
