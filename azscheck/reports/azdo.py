"""The azdo format: logging commands, which Azure DevOps shows as issues of a run.

https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands.
"""

from azscheck.policy.model import Severity
from azscheck.reports.annotations import Annotation, annotations, closing
from azscheck.results import Results

_ERRORS = (Severity.CRITICAL, Severity.HIGH)


def render(results: Results, **_: object) -> str:
    """Results as logging commands, the worst first, and a line for the log."""
    lines = [_command(annotation) for annotation in annotations(results)]
    return "".join(f"{line}\n" for line in (*lines, closing(results)))


def _command(annotation: Annotation) -> str:
    place, result = annotation.place, annotation.result
    error = annotation.grave or (annotation.severity in _ERRORS and not annotation.known)
    properties = {
        "type": "error" if error else "warning",
        **({"sourcepath": place.path, "linenumber": place.line, "columnnumber": place.column} if place else {}),
        **({"code": result.policy} if result else {}),
    }
    told = "".join(f"{name}={_property(str(value))};" for name, value in properties.items())
    return f"##vso[task.logissue {told}]{_data(f'{annotation.title}. {annotation.message}')}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
