"""Mock APIs that live in git. The command line is `keymock`; from Python see `keymock.asgi` and `keymock.testing`."""

__version__ = "0.1.0"
