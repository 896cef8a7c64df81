"""YAML and JSON files that people write: read with the place of every value, checked, and spoken of."""

from azscheck.documents.check import check, mistakes_by_key
from azscheck.documents.read import Document, Path_, parse_document, read_document, read_own
from azscheck.documents.words import did_you_mean, shorten

__all__ = [
    "Document",
    "Path_",
    "check",
    "did_you_mean",
    "mistakes_by_key",
    "parse_document",
    "read_document",
    "read_own",
    "shorten",
]
