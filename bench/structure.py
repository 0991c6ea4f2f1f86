"""What the structure of real files costs, in milliseconds of cpu; and how much an open bracket hides.

    python bench/structure.py [FOLDER ...] [--every-file]

The folders are searched for Haskell; without any, the sources that the tests unpack are taken.  The least of three runs
counts.  For the second table each file is damaged in ten random places, by a bracket, a quote or an operator too many,
and the names of its outline are counted that are no longer found: the one that is damaged, and whatever it hides.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from random import Random

from thatch.core.structure.folding import folds
from thatch.core.structure.outline import outline
from thatch.core.structure.selection import selections
from thatch.core.structure.semantic_tokens import syntactic_tokens
from thatch.core.structure.symbols import Symbol
from thatch.core.structure.syntax_tree import SyntaxTree, parse

SOURCES = Path(__file__).parent.parent / ".toolchains" / "sources"
QUESTIONS: dict[str, Callable[[SyntaxTree], object]] = {
    "symbols": outline,
    "folds": lambda tree: folds(tree, 5_000),
    "selection": lambda tree: selections(tree, [len(tree.text) // 2]),
    "tokens": syntactic_tokens,
}
DAMAGE = ("(", "[", "{", '"', "`", "=", "|", "::", "->", ",")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[SOURCES])
    parser.add_argument("--every-file", action="store_true", help="Print the times of each file.")
    arguments = parser.parse_args()
    files = [
        file for folder in arguments.folders for file in sorted(folder.rglob("*")) if file.suffix in {".hs", ".lhs"}
    ]
    texts = {file: file.read_bytes().decode("utf-8", "replace") for file in files if file.is_file()}
    times = {file: costs(text, literate=file.suffix == ".lhs") for file, text in texts.items()}
    if arguments.every_file:
        for file, found in times.items():
            print(
                f"{file}: {len(texts[file])} bytes", *(f"{name} {cost:.1f}" for name, cost in found.items()), sep=", "
            )
    print(f"{len(texts)} files, {sum(map(len, texts.values())) / 1e6:.1f} MB\n")
    print("| | median | largest | all |\n|---|---:|---:|---:|")
    for name in ("tree", *QUESTIONS):
        column = [found[name] for found in times.values()]
        print(f"| {name} | {statistics.median(column):.1f} | {max(column):.1f} | {sum(column):.0f} |")
    n_names, n_lost, n_damaged = damage(texts.values(), Random(1))
    print(f"\n{n_damaged} times damaged, {n_lost} of {n_names} names lost")


def costs(text: str, *, literate: bool) -> dict[str, float]:
    """The milliseconds that each question costs, and the tree that all are asked of."""
    tree = parse(text, literate=literate)
    if tree is None:
        raise SystemExit("A file is too large.")
    found = {"tree": least(lambda: parse(text, literate=literate))}
    return found | {name: least(partial(ask, tree)) for name, ask in QUESTIONS.items()}


def least(work: Callable[[], object]) -> float:
    runs = []
    for _ in range(3):
        start = time.process_time()
        work()
        runs.append(1000 * (time.process_time() - start))
    return min(runs)


def damage(texts: Iterable[str], chance: Random) -> tuple[int, int, int]:
    """How many names there were, how many of them were no longer found, and in how many damaged texts."""
    n_names = n_lost = n_damaged = 0
    for text in texts:
        tree = parse(text)
        known = set(names(outline(tree))) if tree else set()
        for _ in range(10 if known else 0):
            place = chance.randrange(len(text))
            broken = parse(text[:place] + chance.choice(DAMAGE) + text[place:])
            n_names += len(known)
            n_damaged += 1
            n_lost += len(known - set(names(outline(broken)))) if broken else len(known)
    return n_names, n_lost, n_damaged


def names(symbols: Iterable[Symbol]) -> Iterable[str]:
    for symbol in symbols:
        yield symbol.name
        yield from names(symbol.children)


if __name__ == "__main__":
    main()
