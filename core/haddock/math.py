"""LaTeX in comments as text that can be read as it is: most of it is the cost of a function."""

# ruff: noqa: RUF001  # These symbols are what formulas consist of.

import re

_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "equiv": "≡", "sim": "∼",
    "lt": "<", "gt": ">", "ll": "≪", "gg": "≫", "times": "×", "cdot": "·", "div": "÷", "pm": "±", "circ": "∘",
    "infty": "∞", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "setminus": "∖",
    "emptyset": "∅", "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬", "land": "∧", "wedge": "∧", "lor": "∨",
    "vee": "∨", "to": "→", "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "implies": "⇒", "iff": "⇔",
    "mapsto": "↦", "ldots": "…", "dots": "…", "cdots": "⋯", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩", "mid": "|", "vert": "|",
    "quad": " ", "qquad": " ", "bullet": "•", "star": "⋆", "oplus": "⊕", "otimes": "⊗", "bot": "⊥", "top": "⊤",
    "prime": "′", "backslash": "\\", "left": "", "right": "", "big": "", "Big": "", "displaystyle": "", "limits": "",
}  # fmt: skip

_FUNCTIONS = frozenset(
    {"log", "ln", "lg", "exp", "min", "max", "sin", "cos", "tan", "sinh", "cosh", "tanh", "gcd", "lim", "sup", "inf",
     "mod", "bmod", "arg", "dim", "deg", "det"}
)  # fmt: skip

_GROUP = r"\{([^{}\\]*)\}"
_NAMED = re.compile(
    rf"\\(?:mathcal|mathrm|mathit|mathbf|mathbb|mathsf|mathtt|text|textit|textrm|texttt|operatorname\*?)\s*{_GROUP}"
)
_FRACTION = re.compile(rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}")
_ROOT = re.compile(rf"\\sqrt\s*{_GROUP}")
_COMMAND = re.compile(r"\\([A-Za-z]+)( ?)")
_SPACE = re.compile(r"\\[,;:! ]|~")
_ESCAPED = re.compile(r"\\([%#&_$])")
_SCRIPT = re.compile(r"([_^])\{([^{}]*)\}")
_SHORT = re.compile(r"\w*")
_MOST_ROUNDS = 8


def readable(tex: str) -> str | None:
    """A formula as text; None if it holds something that does not go into a line of text."""
    text = _SPACE.sub(" ", tex)
    for _ in range(_MOST_ROUNDS):
        before = text
        text = _COMMAND.sub(_command, text)
        text = _NAMED.sub(r"\1", text)
        text = _FRACTION.sub(lambda found: f"{_grouped(found[1])}/{_grouped(found[2])}", text)
        text = _ROOT.sub(lambda found: f"√{found[1]}" if len(found[1]) == 1 else f"√({found[1]})", text)
        text = _SCRIPT.sub(lambda found: f"{found[1]}{_grouped(found[2])}", text)
        if text == before:
            break
    text = _ESCAPED.sub(r"\1", text)
    if "\\" in text.replace("\\{", "").replace("\\}", ""):
        return None
    return " ".join(text.replace("\\{", "\0").replace("\\}", "\1").translate(_BRACES).split())


_BRACES = {ord("{"): None, ord("}"): None, 0: "{", 1: "}"}


def _grouped(text: str) -> str:
    """Part of a formula that stands for itself."""
    text = text.strip()
    return text if _SHORT.fullmatch(text) else f"({text})"


def _command(found: re.Match[str]) -> str:
    name, blank, following = found[1], found[2], found.string[found.end() : found.end() + 1]
    if name in _FUNCTIONS:
        return name + (blank if following in {"(", "_", "^", "{"} else " ")
    symbol = _SYMBOLS.get(name)
    return found[0] if symbol is None else symbol + blank * (symbol != "" and not symbol.isalpha())
