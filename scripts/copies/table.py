"""Recall at a precision (0.99 unless said otherwise) for each edit and method, as a table in Markdown.

    table.py FOLDER [RELATIVES.tsv [PRECISION]]

Hits of all pictures of one edit are sorted by score; the recall is that at the lowest score above which 99 of 100 hits
are right. Each method gets its own threshold for each edit, which favours methods whose distances mean different things
under different edits. The last column is one threshold for all edits, as a program has to use it.

Drawings come in families: the same bus in another colour, the same cone with one scoop more. Such relatives are rightly
found though they are not the original, and would count as wrong. So an original is left out, for every method, if a
picture other than itself agrees with its nearly unedited self. That is judged by our features, for want of anything else
that sees a shared part; the relatives are listed, the least sure first, so that somebody can look at them. Originals whose PDQ
quality is below 50 (plain.txt) are left out, too: nobody promises to tell stripes from stripes.
"""

import sys
from collections import defaultdict
from pathlib import Path

from edits import EDITS

PRECISION = float(sys.argv[3]) if len(sys.argv) > 3 else 0.99
RELATIVE = 4.0
UNEDITED = "jpeg90"


def combined(features, turns):
    """Features and PDQ together: a hash within 60 bits adds up to 7.5 to the score."""
    scores = defaultdict(float)
    for found, score in features:
        scores[found] += score
    for found, score in turns:
        if score >= -60:
            scores[found] += (60 + score) / 8
    return sorted(scores.items(), key=lambda hit: -hit[1])


def threshold(hits, truth, queries):
    """The share of queries whose original is found at precision 0.99, and the score from which on."""
    pool = sorted(((score, found == truth[number]) for number in queries for found, score in hits.get(number, ())), reverse=True)
    right = wrong = 0
    best = (0, float("inf"))
    for at, (score, is_right) in enumerate(pool):
        right, wrong = right + is_right, wrong + (not is_right)
        ends = at + 1 == len(pool) or pool[at + 1][0] < score
        if ends and right >= PRECISION * (right + wrong):
            best = (right, score)
    return best[0] / len(queries), best[1]


def main():
    folder = Path(sys.argv[1])
    edits = [Path(line).name for line in (folder / "edits.txt").read_text().splitlines()]
    known = (folder / "originals.txt").read_text().splitlines() + (folder / "distractors.txt").read_text().splitlines()
    truth = [int(name[:5]) for name in edits]
    of_edit = defaultdict(list)
    for number, name in enumerate(edits):
        of_edit[name.split("-")[1].split(".")[0]].append(number)
    hits = defaultdict(lambda: defaultdict(list))
    for name in ("ours.tsv", "peers.tsv"):
        if (folder / name).exists():
            for line in (folder / name).open():
                number, method, found, score = line.rstrip("\n").split("\t")
                hits[method][int(number)].append((int(found), float(score)))
    both = {number: combined(hits["features"][number], hits["turns"][number]) for number in range(len(edits))}
    hits["features + turns"] = both
    relatives = {}
    for number in of_edit[UNEDITED]:
        for found, score in hits["features"][number]:
            if score >= RELATIVE and found != truth[number]:
                relatives[truth[number], found] = score
    if len(sys.argv) > 2:
        lines = (f"{score:.2f}\t{known[a]}\t{known[b]}\n" for (a, b), score in sorted(relatives.items(), key=lambda pair: pair[1]))
        Path(sys.argv[2]).write_text("".join(lines))

    families = {a for a, _ in relatives}
    plain = {int(line) for line in (folder / "plain.txt").read_text().splitlines()}
    of_edit = {name: [n for n in numbers if truth[n] not in families | plain] for name, numbers in of_edit.items()}
    names = [name for name in EDITS if name in of_edit]
    everything = [number for numbers in of_edit.values() for number in numbers]
    originals = len(set(truth))
    print(f"{originals} originals, {len(plain)} left out as plain, {len(families - plain)} as parts of families; {len(everything)} edits, {len(known) - 1} others\n")
    print("| method | " + " | ".join(names) + " | one threshold |")
    print("|---|" + "---:|" * (len(names) + 1))
    for method, found in hits.items():
        cells = [f"{threshold(found, truth, of_edit[name])[0]:.2f}" for name in names]
        recall, score = threshold(found, truth, everything)
        print(f"| {method} | " + " | ".join(cells) + f" | {recall:.3f} from {score:g} |")
    print("\nwith one threshold for all edits:\n")
    for method in ("features", "features + turns"):
        _, score = threshold(hits[method], truth, everything)
        cells = []
        for name in names:
            found = sum(any(f == truth[n] and s >= score for f, s in hits[method].get(n, ())) for n in of_edit[name])
            cells.append(f"{name} {found / len(of_edit[name]):.3f}")
        print(f"{method}: " + ", ".join(cells))


if __name__ == "__main__":
    main()
