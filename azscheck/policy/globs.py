"""Patterns in which `*` stands for anything, of ids of policies and resources."""


def fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern, without regard to case; in linear time."""
    text, pieces = text.lower(), pattern.lower().split("*")
    if len(pieces) == 1:
        return text == pieces[0]
    head, *middle, tail = pieces
    if len(text) < len(head) + len(tail) or not (text.startswith(head) and text.endswith(tail)):
        return False
    at, end = len(head), len(text) - len(tail)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
