"""`python -m azscheck`."""

from azscheck.cli import main

if __name__ == "__main__":
    main()
