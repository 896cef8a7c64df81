"""What is said of an error that ends a command, or one run of many, and the exit code that it means."""

import os

from azscheck.errors import AzscheckError, ExitCode


def told(error: Exception) -> tuple[str, ExitCode]:
    """One sentence, never a traceback, and the code; raises a fault of azscheck's own for who asks to see it."""
    match error:
        case AzscheckError():
            return str(error), error.exit_code
        case MemoryError():
            return "needs more memory than there is: judge one inventory or stamp at a time.", ExitCode.INCOMPLETE
        case OSError():
            return f"{error.filename or 'the output'}: {error.strerror or error}.", ExitCode.INCOMPLETE
    # Python would exit with 1, which means findings; a fault of azscheck's own is none.
    if "AZSCHECK_TRACEBACK" in os.environ:
        raise error
    what = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "set AZSCHECK_TRACEBACK=1 to see where, and please report it"
    return f"a fault in azscheck itself, {what[:300]}; {hint}.", ExitCode.INCOMPLETE
