"""A small Azure Stack Hub on loopback: to try azscheck on without a stamp, and to test its collector against.

It serves what `stamp.yaml` describes over three HTTPS listeners, and misbehaves on request (`Fault`)."""

from azscheck.demo.content import read_content
from azscheck.demo.faults import Fault
from azscheck.demo.stamp import DemoStamp, RequestRecord

__all__ = ["DemoStamp", "Fault", "RequestRecord", "read_content"]
