"""Whether a service may be sent requests, and if not, why."""

from __future__ import annotations


class State:
    """Not ready until it has been told so; from the beginning of its end on never again."""

    def __init__(self, waiting_for: str) -> None:
        self._missing: str | None = waiting_for
        self._draining = False

    def ready(self) -> None:
        self._missing = None

    def drain(self) -> None:
        self._draining = True

    @property
    def draining(self) -> bool:
        return self._draining

    @property
    def reason(self) -> str | None:
        """Why it is not ready; None when it is."""
        return "it is about to end" if self._draining else self._missing

    def waits_for(self, what: str) -> None:
        """Tells more precisely what a service that has not been ready yet is missing."""
        if self._missing is not None:
            self._missing = what
