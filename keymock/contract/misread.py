"""What is raised for a body, or a part of one, that is not of its content type."""


class Misread(ValueError):
    """A body that is not of its content type. The message says why."""
