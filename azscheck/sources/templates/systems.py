"""Which operating system a machine has, by what the template says of it."""

from typing import Any, Final

from azscheck.expressions import lookup

_WINDOWS: Final = frozenset(("microsoftwindowsserver", "microsoftwindowsdesktop", "microsoftvisualstudio"))
_LINUX: Final = frozenset(("canonical", "openlogic", "redhat", "suse", "credativ", "debian", "coreos", "kinvolk"))
"""Publishers of Azure Stack Hub's marketplace that offer one system only:
https://learn.microsoft.com/azure-stack/operator/azure-stack-marketplace-azure-items
"""


def system_of(properties: Any, image: Any) -> str:
    """`Windows` or `Linux`; empty when only the image tells."""
    profile = lookup(properties, "osProfile") if isinstance(properties, dict) else None
    for name, system in (("windowsConfiguration", "Windows"), ("linuxConfiguration", "Linux")):
        # A machine may have the one of its own system only.
        if isinstance(profile, dict) and isinstance(lookup(profile, name), dict):
            return system
    publisher = lookup(image, "publisher") if isinstance(image, dict) else None
    name = publisher.lower() if isinstance(publisher, str) else ""
    return "Windows" if name in _WINDOWS else "Linux" if name in _LINUX else ""
