"""GHC's words in the form in which fixes look for what they mean."""

_QUOTES = str.maketrans({"\u2018": "`", "\u2019": "`"})


def plain(text: str) -> str:
    """A text on one line, with every name that GHC quotes between backticks."""
    return " ".join(text.split()).translate(_QUOTES)
