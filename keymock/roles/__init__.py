"""Who may see, use and change what: the ROLES file, and the one decision that follows from it."""

from keymock.roles.advice import warnings
from keymock.roles.grammar import Grant, Group, Key, Person, Roles, Rule, parse
from keymock.roles.narrowed import Narrowed
from keymock.roles.places import VERBS, Verb, identity, needs_admin, private_folder, verb_for
from keymock.roles.policy import Decision, Policy, Rights, Row, decide, table, who_can

__all__ = [
    "VERBS",
    "Decision",
    "Grant",
    "Group",
    "Key",
    "Narrowed",
    "Person",
    "Policy",
    "Rights",
    "Roles",
    "Row",
    "Rule",
    "Verb",
    "decide",
    "identity",
    "needs_admin",
    "parse",
    "private_folder",
    "table",
    "verb_for",
    "warnings",
    "who_can",
]
