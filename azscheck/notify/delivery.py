"""Bringing notices to their channels: all channels at once, each again and again for a while, none for ever."""

import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread
from typing import Final

from msgspec import Struct, field

from azscheck.errors import UsageError
from azscheck.notify.attempt import Failed
from azscheck.notify.bodies import body
from azscheck.notify.mail import send
from azscheck.notify.notice import Notice
from azscheck.notify.post import post
from azscheck.notify.secrets import address_of, password_of
from azscheck.sources.channels import Channel, Hook, Mail

_WAIT_SECONDS: Final = 0.2


class Patience(Struct, frozen=True):
    """How long a channel is tried in one run; what then is not delivered is tried again in the next one."""

    total_seconds: float = 60.0
    attempt_seconds: float = 20.0
    pauses: tuple[float, ...] = (1.0, 4.0, 12.0)
    """Between one attempt and the next, where the receiver does not ask for another one."""


USUAL: Final = Patience()


class Delivery(Struct):
    """What came of one channel's notices."""

    channel: Channel
    delivered: list[str] = field(default_factory=list)
    """The ids of those that were taken."""
    failure: str = ""
    """A sentence that shows no secret; empty where all were taken."""
    remarks: list[str] = field(default_factory=list)
    attempts: int = 0
    failures: int = 0
    """How many of the attempts came to nothing."""


Send = Callable[[Channel, Notice, float], str]


def deliver(
    pending: Mapping[str, Sequence[Notice]],
    channels: Sequence[Channel],
    *,
    patience: Patience = USUAL,
    send: Send | None = None,
) -> list[Delivery]:
    """Send each channel's notices in their order, until the channel fails or time is up."""
    found = [_Courier(channel, pending[channel.name], patience, send or send_one) for channel in channels]
    active = [courier for courier in found if courier.notices]
    for courier in active:
        # Daemons: a name server that does not answer must not keep the process alive.
        Thread(target=courier.run, name=f"azscheck {courier.result.channel.name}", daemon=True).start()
    until = time.monotonic() + patience.total_seconds
    for courier in active:
        while not courier.ended.wait(_WAIT_SECONDS) and time.monotonic() < until:
            pass
    return [courier.outcome() for courier in active]


def send_one(channel: Channel, notice: Notice, seconds: float) -> str:
    """One attempt; raises Failed or UsageError. What is returned is a remark."""
    told = notice.within(channel.detail)
    match channel.target:
        case Hook():
            post(address_of(channel, channel.target), body(channel.kind, told), notice.id, channel.ca_file, seconds)
            return ""
        case Mail():
            return send(told, channel.target, password_of(channel, channel.target), channel.ca_file, seconds)


class _Courier:
    def __init__(self, channel: Channel, notices: Sequence[Notice], patience: Patience, send: Send) -> None:
        self.notices = notices
        self.result = Delivery(channel)
        self.ended = Event()
        self._patience, self._send = patience, send
        self._until = time.monotonic() + patience.total_seconds
        self._over = Event()
        self._refused = ""

    def run(self) -> None:
        try:
            for notice in self.notices:
                if not self._bring(notice):
                    break
            if self._refused:
                self.result.failure = self._refused
        except Exception as error:
            # In a thread nobody would hear of it; and a notification decides nothing.
            self.result.failure = f"a fault in azscheck itself, {type(error).__name__}"
        finally:
            self.ended.set()

    def outcome(self) -> Delivery:
        """What came of it by now; what comes later does not count."""
        self._over.set()
        found = self.result
        if not self.ended.is_set():
            failure = found.failure or f"no answer within {self._patience.total_seconds:g} s"
            return Delivery(found.channel, list(found.delivered), failure, [], found.attempts, found.failures + 1)
        return found

    def _bring(self, notice: Notice) -> bool:
        """Whether the next one may be tried."""
        for pause in (*self._patience.pauses, None):
            left = self._until - time.monotonic()
            if left <= 0 or self._over.is_set():
                self.result.failure = self.result.failure or "there was no time left"
                return False
            self.result.attempts += 1
            try:
                remark = self._send(self.result.channel, notice, min(left, self._patience.attempt_seconds))
            except UsageError as error:
                return self._failed(str(error).rstrip("."))
            except Failed as error:
                self._failed(str(error))
                if error.others:
                    self._refused = str(error)
                    return True
                wait = pause if error.after is None else error.after
                if not error.again or pause is None or wait is None:
                    return False
                if wait >= self._until - time.monotonic():
                    if error.after is not None:
                        self.result.failure += f" and asks to wait {wait:.0f} s"
                    return False
                self._over.wait(wait)
            else:
                self.result.delivered.append(notice.id)
                self.result.failure = ""
                self.result.remarks += [remark] if remark else []
                return True
        return False

    def _failed(self, sentence: str) -> bool:
        self.result.failures += 1
        self.result.failure = sentence
        return False
