"""Recall at a precision (0.99 unless said otherwise) for each edit and method, as a table in Markdown.

    table.py FOLDER [PRECISION [MOST]]

Hits of all pictures of one edit are sorted by score; the recall is that at the lowest score above which 99 of 100 hits
are right. Each method gets its own threshold for each edit, which favours methods whose distances mean different things
under different edits. The last line is one threshold for all edits, as a program has to use it. Of edits of which not
every method has looked for some yet, all that were looked for by all count; with MOST, those of the first originals.

Drawings come in families: the same bus in another colour, the same cone with one scoop more. Such relatives are rightly
found though they are not the original, and would count as wrong. So originals with relatives were left out, for every
method (`copies relatives`): a picture other than itself agrees with the nearly unedited original. That is judged by our
features, for want of anything else that sees a shared part; the relatives are listed in relatives.tsv, the least sure
first, so that somebody can look at them. Originals whose PDQ quality is below 50 (plain.txt) are left out, too: nobody
promises to tell stripes from stripes.
"""

import sys
from collections import defaultdict
from pathlib import Path

from edits import EDITS

PRECISION = float(sys.argv[2]) if len(sys.argv) > 2 else 0.99
MOST = int(sys.argv[3]) if len(sys.argv) > 3 else None
SHORT = {"pdq": "PDQ", "turns": "PDQ ×8", "sayso": "**checked**"}
# What a program takes for sure: `PartHit::SURE`.
SURE = 2.5


def threshold(hits, truth, queries):
    """The share of queries whose original is found at the precision, and the score from which on."""
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
    others = len((folder / "originals.txt").read_text().splitlines() + (folder / "distractors.txt").read_text().splitlines()) - 1
    truth = [int(name[:5]) for name in edits]
    hits = defaultdict(lambda: defaultdict(list))
    for name in ("ours.tsv", "peers.tsv"):
        if (folder / name).exists():
            for line in (folder / name).open():
                number, method, found, score = line.rstrip("\n").split("\t")
                hits[method][int(number)].append((int(found), float(score)))
    last = min(max(found) for found in hits.values())
    of_edit = defaultdict(list)
    chosen = set(sorted(set(truth), key=truth.index)[:MOST])
    for number, name in enumerate(edits[: last + 1]):
        if truth[number] in chosen:
            of_edit[name.split("-")[1].split(".")[0]].append(number)
    names = [name for name in EDITS if name in of_edit]
    everything = [number for numbers in of_edit.values() for number in numbers]
    originals = len({truth[number] for number in everything})
    print(f"\n{originals} originals, {len(everything)} edits, {others} others; recall at precision {PRECISION}\n")
    methods = list(hits)
    heads = [SHORT.get(method, method.replace("imagehash", "ih").replace("imagededup", "id")) for method in methods]
    print("| edit | " + " | ".join(heads) + " |")
    print("|---|" + "---:|" * len(heads))
    for name in names:
        cells = [f"{threshold(hits[method], truth, of_edit[name])[0]:.2f}" for method in methods]
        print(f"| {name} | " + " | ".join(cells) + " |")
    whole = {method: threshold(hits[method], truth, everything) for method in methods}
    print("| one threshold | " + " | ".join(f"{whole[method][0]:.3f}" for method in methods) + " |")
    print("\nthresholds: " + ", ".join(f"{method} {score:g}" for method, (_, score) in whole.items()))
    for method, score in [("features", whole["features"][1]), ("sayso", whole["sayso"][1]), ("sayso", SURE)]:
        cells, right, wrong = [], 0, 0
        for name in names:
            sure = [[found for found, s in hits[method].get(n, ()) if s >= score] for n in of_edit[name]]
            found = sum(truth[n] in of for n, of in zip(of_edit[name], sure))
            right, wrong = right + found, wrong + sum(len(of) for of in sure) - found
            cells.append(f"{name} {found / len(sure):.3f}")
        print(f"\n{method} from {score:.2f} on, precision {right / max(1, right + wrong):.4f}: " + ", ".join(cells))


if __name__ == "__main__":
    main()
