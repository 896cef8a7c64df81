"""What a scan does beside judging: it keeps its results for the next one, tells what changed, and is measured."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azscheck.cli.failing import told
from azscheck.cli.log import Log
from azscheck.cli.options import CONFIGURATION, writable
from azscheck.cli.state_file import state_file
from azscheck.errors import ExitCode, InventoryError, UsageError
from azscheck.results import Results

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from azscheck.notify.delivery import Delivery
    from azscheck.notify.state import State
    from azscheck.sources.channels import Channel
    from azscheck.sources.configuration import Configuration


class Keeper:
    """Of one command, for one run after the other. It says what went wrong, and changes no verdict."""

    def __init__(
        self, asked: dict[str, Any], state: Path | None, metrics: Path | None, *, quietly: bool, always: bool
    ) -> None:
        """`asked` are the scan's options; `quietly` tells nobody, `always` keeps a state though nothing needs one."""
        self.inputs: list[Path] = [asked["configuration"]] if asked["configuration"] else [*asked["inventories"]]
        self.inputs = self.inputs or [CONFIGURATION]
        self.measured: list[Metric] | None = None
        """What monitoring sees of the last run, where it can see anything."""
        self._log = Log(asked["log_format"], asked["verbose"], asked["quiet"])
        self._named, self._always, self._quietly = state, always or state is not None, quietly
        self._wanted = self._metrics = metrics
        self._began = 0.0
        self._file: Path | None = None
        self._state: State | None = None
        self._channels: tuple[Channel, ...] = ()
        self._stamps: tuple[str, ...] = ()
        self._held = ExitStack()
        self._measured = False
        self._served = False

    def serve(self) -> None:
        """Measure each run, whether or not there is a file for it."""
        self._served = True

    @contextmanager
    def run(self) -> Iterator[None]:
        """Around a run: one that raises is measured, too."""
        self._began, self._state, self._measured = time.monotonic(), None, False
        try:
            yield
        except Exception as error:
            if not self._measured:
                self._measure(None, told(error)[1])
            raise
        finally:
            # The next run reads it anew; between runs nothing is kept in memory.
            self._state = None
            self._held.close()

    def begin(self, configuration: "Configuration | None") -> bool:
        """What must be there for the end is looked at, before a stamp is asked anything; whether results are needed.

        Raises UsageError, and AzscheckError where another scan keeps the same state.
        """
        if configuration:
            self._metrics = self._wanted or configuration.metrics.file
            self._channels = () if self._quietly else configuration.notify
            self._stamps = configuration.names
        if self._metrics:
            writable("--metrics-file" if self._wanted else "metrics.file", self._metrics, self.inputs)
        if self._quietly or not (self._always or self._channels or self._metrics):
            return bool(self._metrics or self._served)
        from azscheck.cli.lock import held
        from azscheck.notify.secrets import check

        for channel in self._channels:
            try:
                check(channel)
            except UsageError as error:
                # Said now, while somebody looks; that nobody can be told is no reason not to judge.
                self._log.say("notification", f"azscheck: {error}", always=True, channel=channel.name)
        file = state_file(self._named, self.inputs)
        # One that finds the lock taken measures nothing: the other one does.
        self._measured = True
        self._held.enter_context(held(file.with_name(f"{file.name}.lock"), "A scan of this configuration"))
        self._measured = False
        self._file, self._state = file, self._read(file)
        return True

    def end(self, results: Results, code: ExitCode) -> None:
        """Keep the results, tell what changed, measure the run."""
        if self._state is not None and self._file is not None:
            self._keep(self._state, self._file, results, code)
        self._measure(results, code)

    def _keep(self, state: "State", file: Path, results: Results, code: ExitCode) -> None:
        from azscheck.notify.telling import tell

        whole = datetime.now(UTC) if code in (ExitCode.COMPLIANT, ExitCode.FINDINGS) else None
        first = state.results is None
        try:
            deliveries = tell(state, file, results, self._stamps, self._channels, whole=whole)
        except OSError as error:
            sentence = f"azscheck: {file}: cannot be written: {error.strerror or error}."
            self._log.say("state", f"{sentence} The next scan does not know of this one.", always=True)
        else:
            self._say(deliveries, first)

    def _read(self, file: Path) -> "State":
        from azscheck.notify.state import State, read_state

        try:
            return read_state(file)
        except InventoryError as error:
            aside = file.with_name(f"{file.name}.damaged")
            with suppress(OSError):
                file.replace(aside)
            words = f"azscheck: {error} It is {aside} now; what changed since it was written is not told."
            self._log.say("state", words, always=True)
            return State()

    def _say(self, deliveries: "list[Delivery]", first: bool) -> None:
        for delivery in deliveries:
            name = delivery.channel.name
            if delivery.delivered:
                self._log.say("notified", f"azscheck: told {name}.", channel=name, notices=len(delivery.delivered))
            for words in delivery.remarks:
                self._log.say("notified", f"azscheck: {name}: {words}.", always=True, channel=name)
            if delivery.failure:
                words = f"azscheck: {name} was not told: {delivery.failure}; the next scan tries again."
                self._log.say("notification", words, always=True, channel=name, attempts=delivery.attempts)
        if first and self._channels:
            names = ", ".join(channel.name for channel in self._channels)
            self._log.say("state", f"azscheck: this is the first run in {self._file}: {names} will hear of changes.")

    def _measure(self, results: Results | None, code: ExitCode) -> None:
        self._measured = True
        if not (self._metrics or self._served):
            return
        from azscheck.notify.metrics import Run, exposed, metrics_of
        from azscheck.notify.state import State, write_whole

        state = self._state
        if state is None:
            state = State()
            with suppress(InventoryError, UsageError):
                state = self._state_before()
        seconds = time.monotonic() - self._began
        waiting, now = state.waiting, datetime.now(UTC)
        self.measured = metrics_of(Run(now, seconds, int(code), results, state.last_whole, state.failures, waiting))
        if self._metrics is None:
            return
        try:
            # Readable by node_exporter, which is somebody else.
            write_whole(self._metrics, exposed(self.measured)[0], 0o644)
        except OSError as error:
            words = f"azscheck: {self._metrics}: cannot be written: {error.strerror or error}."
            self._log.say("metrics", words, always=True)

    def _state_before(self) -> "State":
        from azscheck.notify.state import read_state

        return read_state(state_file(self._named, self.inputs))
