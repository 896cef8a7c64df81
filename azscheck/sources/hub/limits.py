"""How long, how often and how hard a stamp may be asked."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Budgets of one stamp's collection; times are in seconds."""

    connect_seconds: float = 10
    read_seconds: float = 60
    retry_after_seconds: float = 60
    """The longest wait a `Retry-After` header may ask for: the SDK's own retry sleeps as long as it is told."""
    throttle_retries: int = 10
    status_retries: int = 4
    read_retries: int = 3
    connect_retries: int = 2
    timeout_retries: int = 1
    """Of a call that brought no answer in time: what hung once mostly hangs again, and each try costs a minute."""
    backoff_factor: float = 0.8
    backoff_seconds: float = 20
    call_seconds: float = 300
    """One call with all its retries, the headers of one answer, and its body."""
    answer_bytes: int = 256 * 1024 * 1024
    """The longest body of one answer."""
    list_seconds: float = 1800
    """One list with all its pages."""
    pages: int = 10_000
    failures_in_a_row: int = 10
    """After so many calls of one operation (the lists of a type, or the reads of its resources) that failed despite
    their retries, the rest of them are not made."""
    timeouts_in_a_row: int = 3
    """Likewise of calls that brought no answer in time."""
    low_reads: int = 500
    """Below so many reads left (`x-ms-ratelimit-remaining-subscription-reads`) a subscription's calls are spaced."""
    spacing_seconds: float = 0.25
    """Between two calls there; the fewer are left, the longer it gets."""
    longest_spacing_seconds: float = 5
