"""The company's calendar. It is fixed, so that a run today and a run next year make the same rows.

Times are integers: microseconds since 1970 in UTC. The company lives in Seoul (UTC+9, no daylight saving).
"""

from datetime import UTC, date, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SEOUL = 9 * HOUR

OPENING = date(2025, 1, 1)
HISTORY_DAYS = 181
_LAST_SHOWN = 1200  # days after OPENING that `text` can write

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SHOWN = datetime(2019, 1, 1, tzinfo=UTC)
_FIRST_HOUR = int((_FIRST_SHOWN - _EPOCH).total_seconds()) // 3600
_HOURS = 24 * ((OPENING - _FIRST_SHOWN.date()).days + _LAST_SHOWN)
_HOUR_TEXT = [(_FIRST_SHOWN + timedelta(hours=h)).strftime("%Y-%m-%d %H:") for h in range(_HOURS)]
_MINUTE_TEXT = [f"{s // 60:02d}:{s % 60:02d}" for s in range(3600)]


def midnight(day: int) -> int:
    """Start of the company's day `day` in Seoul; day 0 is the opening day."""
    start = datetime(OPENING.year, OPENING.month, OPENING.day, tzinfo=UTC) + timedelta(days=day)
    return int((start - _EPOCH).total_seconds()) * SECOND - SEOUL


def text(at: int) -> str:
    """`2025-03-02 11:04:59.001002`, without a zone. Looked up, not computed: this is called millions of times."""
    return f"{_HOUR_TEXT[at // HOUR - _FIRST_HOUR]}{_MINUTE_TEXT[at // SECOND % 3600]}.{at % SECOND:06d}"


def day_text(at: int) -> str:
    """The date in Seoul."""
    return _HOUR_TEXT[(at + SEOUL) // HOUR - _FIRST_HOUR][:10]


def weekday(day: int) -> int:
    """0 is Monday."""
    return (OPENING + timedelta(days=day)).weekday()
