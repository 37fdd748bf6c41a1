"""Templates are functions of (seed, session, mock, call number, now): in every process, whatever hash seed it has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from filling import values

from keymock.template import compile

EVERYTHING = (
    "{{ uuid() }} {{ random_int(1, 1000000) }} {{ random_float() }} {{ random_string(12, 'hex') }} {{ random_bool() }} "
    "{{ choice(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], count=8) }} {{ weighted({'x': 1, 'y': 2, 'z': 3}) }} "
    "{{ fake.name() }} {{ fake.email() }} {{ fake.address(locale='de') }} {{ fake.past() }} {{ fake.paragraph(2) }} "
    "{{ fake.words(9) }} {{ now() }} {{ jwt({'sub': uuid()}, 'k', expires_in='1h') }} "
    "{{ {'b': 1, 'a': 2} | merge({'c': 3}) | keys }} {{ ['b', 'a', 'b'] | unique }}"
)


def in_another_process(hash_seed: str, call: int) -> str:
    code = f"import filling; from keymock.template import compile; from {Path(__file__).stem} import EVERYTHING; "
    code += f"print(ascii(compile(EVERYTHING).render(filling.values(call={call}))))"
    places = [str(folder) for folder in Path(__file__).parents[:3]]
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(places)}
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env, timeout=60)
    return made.stdout.strip()


def test_two_processes_agree() -> None:
    here = ascii(compile(EVERYTHING).render(values(call=3)))
    assert in_another_process("1", 3) == in_another_process("2", 3) == here


def test_calls_and_seeds_differ() -> None:
    template = compile(EVERYTHING)
    made = {template.render(values(call=call, seed=seed)) for call in (1, 2, 3) for seed in (1, 2)}
    assert len(made) == 6


def test_the_same_call_again_is_the_same() -> None:
    template = compile(EVERYTHING)
    first = template.render(values(call=1))
    template.render(values(call=2))
    assert template.render(values(call=1)) == first
