"""What is right by Azure's rules and cannot be judged here."""

from azscheck.errors import DocumentError


class UnsupportedPolicy(DocumentError):
    """A definition, or a set's member, that is left out: a folder of others goes on without it."""
