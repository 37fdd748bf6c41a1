"""Mocks brought up to a document that changed: what it says differently goes in, what somebody wrote stays."""
