"""Moments as Moodle's worksheet has them: in words, in the time zone of the user, in several languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

NAMES = {
    1: "january januar januari janvier enero gennaio janeiro jan",
    2: "february februar februari février febrero febbraio fevereiro feb",
    3: "march märz maart mars marzo março mar",
    4: "april avril abril aprile apr",
    5: "may mai mei mayo maggio maio",
    6: "june juni juin junio giugno junho jun",
    7: "july juli juillet julio luglio julho jul",
    8: "august augustus août agosto aug",
    9: "september septembre septiembre settembre setembro sep sept",
    10: "october oktober octobre octubre ottobre outubro oct okt",
    11: "november novembre noviembre novembro nov",
    12: "december dezember décembre diciembre dicembre dezembro dec dez",
}
BY_NAME = {name: month for month, names in NAMES.items() for name in names.split()}
TIME = re.compile(
    r"\b(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[ap]\.?m\.?)?(?!\w)", re.I
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
DAY = re.compile(r"(?<![\d:.])(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er)?(?![\d:])")


def read_date(text: str, zone: tzinfo) -> datetime | None:
    """Return a moment in universal time without a zone, as nbgrader keeps moments; None if there is none.

    Raises
    ------
    ValueError
        If the text is something else, or could mean two days.
    """
    words = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").strip()
    if words in ("", "-", "–", "—"):
        return None
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        moment = _in_words(words)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).replace(tzinfo=None)


def _in_words(text: str) -> datetime:
    month = next((BY_NAME[word] for word in re.findall(r"[^\W\d_]+", text.casefold()) if word in BY_NAME), None)
    time, year = TIME.search(text), YEAR.search(text)
    if month is None or time is None or year is None:
        raise ValueError("it is no date with the month in words, a year and a time")
    rest = text[: time.start()] + " " + text[time.end() :]
    day = DAY.search(YEAR.sub(" ", rest, count=1))
    if day is None:
        raise ValueError("it names no day")
    hour, half = int(time["hour"]), (time["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("there is no such hour")
        hour = hour % 12 + 12 * half.startswith("p")
    return datetime(int(year[0]), month, int(day["day"]), hour, int(time["minute"]), int(time["second"] or 0))
