"""Steps of state machines that are picked evenly, each as often as it says: left to itself hypothesis does the same few
over and over, and what needs several steps before it never happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any


class Steps:
    """What may happen in one machine; used as a decorator of its methods, which says what their inputs are taken
    from."""

    def __init__(self) -> None:
        self._known: list[tuple[str, dict[str, Sequence[Any]]]] = []

    def __call__(self, often: int = 1, /, **choices: Sequence[Any]) -> Callable[[Any], Any]:
        """One of the things that may happen, so often as others."""

        def register(function: Any) -> Any:
            self._known.extend([(function.__name__, choices)] * often)
            return function

        return register

    def drawn(self, chance: Random) -> tuple[str, dict[str, Any]]:
        """(name, inputs) of the next step."""
        name, choices = chance.choice(self._known)
        return name, {key: chance.choice(values) for key, values in choices.items()}
