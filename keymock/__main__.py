"""`python -m keymock`."""

from keymock.cli import main

main()
