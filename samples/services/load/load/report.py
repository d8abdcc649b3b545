"""What came of a load."""

from __future__ import annotations

import json
import math
import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Report:
    """Counted from many threads."""

    answers: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    served_by: Counter[str] = field(default_factory=Counter)
    failed_by: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    skipped: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def answered(self, code: str, ok: bool, served_by: str, seconds: float) -> None:
        with self._lock:
            self.answers[code] += 1
            self.served_by[served_by] += 1
            self.seconds.append(seconds)
            if not ok:
                self.failures[f"answer {code}"] += 1
                self.failed_by[served_by] += 1

    def failed(self, why: str) -> None:
        with self._lock:
            self.failures[why] += 1

    def skip(self, count: int) -> None:
        with self._lock:
            self.skipped += count

    @property
    def failed_requests(self) -> int:
        return sum(self.failures.values())

    def text(self) -> str:
        times = sorted(self.seconds)
        said = {
            "requests": sum(self.answers.values()) + sum(n for why, n in self.failures.items() if not why.startswith("answer ")),
            "failed": self.failed_requests,
            "failures": dict(self.failures.most_common(10)),
            "answers": dict(sorted(self.answers.items())),
            "servedBy": dict(sorted(self.served_by.items())),
            "failedBy": dict(sorted(self.failed_by.items())),
            "skipped": self.skipped,
            "p50Millis": millis(times, 0.5),
            "p99Millis": millis(times, 0.99),
            "maxMillis": millis(times, 1),
        }
        return json.dumps(said)


def millis(times: list[float], share: float) -> float | None:
    return round(times[max(0, math.ceil(len(times) * share) - 1)] * 1000, 1) if times else None
