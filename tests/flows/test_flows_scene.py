"""Where a step is written."""

from __future__ import annotations

from stageplay import plot


def test_problems_and_places_are_those_of_the_file() -> None:
    made = plot('name = "x"\n\n[[steps]]\nid = "a"\nurl = "http://x"\n')
    (scene,) = made.steps
    assert made.place(scene) == "projects/shop/flows/main.toml:3"
    problem = made.problem((*scene.where, "url"), "bad-value", "no", "do this")
    assert (problem.line, problem.column, problem.code, problem.hint) == (5, 7, "bad-value", "do this")
