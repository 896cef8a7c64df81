"""Which operating system a machine has, by what the template says of it."""

from typing import Any, Final

from azscheck.expressions import lookup

_WINDOWS: Final = frozenset(("microsoftwindowsserver", "microsoftwindowsdesktop", "microsoftvisualstudio"))
_LINUX: Final = frozenset(("canonical", "openlogic", "redhat", "suse", "credativ", "debian", "coreos", "kinvolk"))
"""Publishers of Azure Stack Hub's marketplace that offer one system only:
https://learn.microsoft.com/azure-stack/operator/azure-stack-marketplace-azure-items
"""

_LINUX_OFFERS: Final = ("-ubuntu1604", "-ubuntu1804", "-ubuntu2004", "-rhel7", "-rhel8", "-sles12", "-sles15")


def system_of(properties: Any, image: Any) -> str:
    """`Windows` or `Linux`; empty when only the image tells."""
    profile = lookup(properties, "osProfile") if isinstance(properties, dict) else None
    for name, system in (("windowsConfiguration", "Windows"), ("linuxConfiguration", "Linux")):
        # A machine may have the one of its own system only.
        if isinstance(profile, dict) and isinstance(lookup(profile, name), dict):
            return system
    name, offer = _word(image, "publisher"), _word(image, "offer")
    if name == "microsoftsqlserver":
        # SQL2016SP2-WS2016, sql2019-ubuntu2004
        return "Windows" if "-ws20" in offer else "Linux" if offer.endswith(_LINUX_OFFERS) else ""
    return "Windows" if name in _WINDOWS else "Linux" if name in _LINUX else ""


def _word(image: Any, key: str) -> str:
    word = lookup(image, key) if isinstance(image, dict) else None
    return word.lower() if isinstance(word, str) else ""
