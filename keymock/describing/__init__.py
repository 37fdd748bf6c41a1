"""Mocks, and what was seen of them, described for other programs: an OpenAPI document that a client is made from."""
