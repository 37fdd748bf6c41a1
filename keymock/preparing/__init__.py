"""A saved request, variables filled in → what is sent. Nothing is sent here, and only what is handed in is read."""

from keymock.preparing.bodies import ReadFile
from keymock.preparing.credentials import Tokens, authorized
from keymock.preparing.place import Place
from keymock.preparing.request import Prepared, has_secret, prepare

__all__ = ["Place", "Prepared", "ReadFile", "Tokens", "authorized", "has_secret", "prepare"]
