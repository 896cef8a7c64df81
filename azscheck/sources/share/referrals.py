"""Where a path of a DFS namespace leads, as the server that holds the namespace tells it.

[MS-DFSC] 2.2, https://learn.microsoft.com/openspecs/windows_protocols/ms-dfsc/
"""

from typing import Any, Final

from smbprotocol.dfs import DFSReferralRequest, DFSReferralResponse
from smbprotocol.ioctl import CtlCode, IOCTLFlags, SMB2IOCTLRequest, SMB2IOCTLResponse
from smbprotocol.tree import TreeConnect

from azscheck.sources.share.unc import Unc, parse_unc

_LONGEST: Final = 56 * 1024
_OF_NO_FILE: Final = b"\xff" * 16


def referred(session: Any, unc: Unc) -> Unc | None:
    """The path that this one of a namespace stands for; None where the server knows of none.

    Raises what the connection raises. Of several targets it is the first, which the server prefers.
    """
    tree = TreeConnect(session, f"\\\\{unc.host}\\IPC$")
    tree.connect()
    asked = DFSReferralRequest()
    asked["request_file_name"] = str(unc)[1:]
    query = SMB2IOCTLRequest()
    query["ctl_code"] = CtlCode.FSCTL_DFS_GET_REFERRALS
    query["file_id"] = _OF_NO_FILE
    query["max_output_response"] = _LONGEST
    query["flags"] = IOCTLFlags.SMB2_0_IOCTL_IS_FSCTL
    query["buffer"] = asked
    connection = session.connection
    request = connection.send(query, session.session_id, tree.tree_connect_id)
    answer, found = SMB2IOCTLResponse(), DFSReferralResponse()
    answer.unpack(connection.receive(request)["data"].get_value())
    found.unpack(answer["buffer"].get_value())
    entries = found["referral_entries"].get_value()
    if not entries:
        return None
    # In bytes of UTF-16.
    rest = str(unc)[1 + found["path_consumed"].get_value() // 2 :].strip("\\")
    target = str(entries[0].network_address).strip("\\\0")
    moved = parse_unc("\\\\" + "\\".join(part for part in (target, rest) if part))
    return None if moved is None or str(moved).lower() == str(unc).lower() else moved
