"""What `thatch check` takes after a change of one module with splices: replayed (`splices.replaySaved`) and evaluated.

    python bench/replay_saved.py [--modules 500] [--functions 12] [--rounds 5] [--hledger FOLDER]

The changes are comments at the end of the module, so that GHC compiles it and nothing else.  GHC makes byte code of all
that splices could run, and reads the libraries, whoever answers; so only the time of the splices themselves is saved.
The last module has a splice that takes seconds.
"""

from pathlib import Path

from checks import Checked, check, options
from measure import median, print_table
from replay import Case, cases, workplace, write_files

SIDES = ("replayed", "evaluated")

SLOW_FILES = {
    "src/Make.hs": "module Make where\nimport Language.Haskell.TH\n\nfib :: Int -> Integer\n"
    "fib n = if n < 2 then 1 else fib (n - 1) + fib (n - 2)\n\nslow :: Q Exp\nslow = litE (integerL (fib 34))\n",
    "src/Slow.hs": "{-# LANGUAGE TemplateHaskell #-}\nmodule Slow where\nimport Make\n\nn :: Integer\nn = $slow\n",
    "slow.cabal": "cabal-version: 2.4\nname: slow\nversion: 0.1\nlibrary\n  hs-source-dirs: src\n"
    "  exposed-modules: Make Slow\n  build-depends: base, template-haskell\n  default-language: Haskell2010\n",
}


def main() -> None:
    parser = options(__doc__ or "", rounds=5)
    parser.add_argument("--hledger", type=Path, help="the source of hledger-lib")
    parser.add_argument("--only", help="the one module to measure")
    arguments = parser.parse_args()
    slow = Case("slow", lambda folder: write_files(folder, SLOW_FILES), "src/Slow.hs")
    for case in (*cases(arguments.modules, arguments.functions, arguments.hledger), slow):
        if arguments.only in (None, case.name):
            with workplace(case) as (projects, cache):
                report(case, take_turns(case, projects, cache, arguments.rounds))


def take_turns(case: Case, projects: dict[str, Path], cache: Path, n_rounds: int) -> dict[str, list[Checked]]:
    """Check each copy after the same number of changes; the first round only warms."""
    (projects["replayed"] / "thatch.toml").write_text("[splices]\nreplaySaved = true\n")
    runs: dict[str, list[Checked]] = {side: [] for side in SIDES}
    for number in range(n_rounds + 1):
        for side in SIDES:
            with (projects[side] / case.file).open("a") as file:
                # What one side has compiled is no hit for the other.
                file.write(f"-- {side}, {number}\n")
            runs[side].append(check(projects[side], cache))
    return {side: done[1:] for side, done in runs.items()}


def report(case: Case, runs: dict[str, list[Checked]]) -> None:
    """Print what was measured."""
    print(
        f"{case.name}: {case.file}; GHC compiled {sorted({len(run.compiled) for run in runs['replayed']})}", flush=True
    )
    rows = {
        side: [
            f"{median([run.measured.seconds for run in done]):.2f}",
            f"{median([run.measured.cpu_seconds for run in done]):.2f}",
        ]
        for side, done in runs.items()
    }
    print_table(["seconds", "cpu seconds"], rows)
    pairs = list(zip(*runs.values(), strict=True))
    for what in ("seconds", "cpu_seconds"):
        ratios = [getattr(a.measured, what) / getattr(b.measured, what) for a, b in pairs]
        print(f"replayed against evaluated, {what}, median of the pairs: {median(ratios):.2f}")


if __name__ == "__main__":
    main()
