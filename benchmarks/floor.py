"""The floor: a process in which orjson parses each line of a file and drops it. `python -m benchmarks.floor FILE`."""

import sys

import orjson


def main(file: str) -> None:
    """Parse all."""
    loads = orjson.loads
    with open(file, "rb") as lines:
        for line in lines:
            loads(line)


if __name__ == "__main__":
    main(sys.argv[1])
