"""`thatch/didGrantTrust`: the user trusts the project; what was held back begins."""

from thatch.lsp.session import Session


def handle(session: Session, _params: None) -> None:
    """Have everything checked; means nothing to a session that was trusted before."""
    session.grant_trust()
