"""Following a recorded conversation as the tap does: many pieces together, as far as that may be."""

from tests.support.record_conversation import Pieces
from thatch.core.iserv.conversation import Conversation, Message, Piece


def follow_together(talk: Conversation, pieces: Pieces, most: int) -> tuple[list[Message], int]:
    """What is found when at most so many pieces are looked at together; and how many had to be looked at alone.

    The times of the messages are the numbers of the pieces.
    """
    found: list[Message] = []
    together: list[Piece] = []
    n_alone = 0
    for at, (speaker, data) in enumerate(pieces):
        if not data:
            # Nobody reads an empty piece: it would be the end.
            continue
        if speaker == "G" or (together and talk.is_whole(data, together[-1])):
            together.append((speaker == "G", data, at))
            if len(together) == most:
                found += talk.follow(together)
                together = []
        else:
            found += [*talk.follow(together), *talk.from_interpreter(data, at)]
            together = []
            n_alone += 1
    return [*found, *talk.follow(together)], n_alone
