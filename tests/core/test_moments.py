"""What a person means by a moment: its end, in words that name a folder too."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview.errors import ExpectedError
from livereview.past.moments import asked

NOW = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2026-11-25", "2026-11-25T23:59:59.999999+00:00"),
        ("2026-02", "2026-02-28T23:59:59.999999+00:00"),
        ("2026", "2026-12-31T23:59:59.999999+00:00"),
        ("2026-11-25T15:25:27+00:00", "2026-11-25T15:25:27.999999+00:00"),
        ("2026-11-25T16:25:27+01:00", "2026-11-25T15:25:27.999999+00:00"),
        ("2026-11-25T15:25:27.5Z", "2026-11-25T15:25:27.500000+00:00"),
    ],
)
def test_a_date_means_its_end_and_a_time_the_end_of_its_second(text: str, until: str) -> None:
    assert asked(text, None, NOW).recorded_until == datetime.fromisoformat(until)


def test_a_day_of_publication_means_its_end() -> None:
    assert asked(None, "2023-06", NOW).published_until == date(2023, 6, 30)


def test_an_update_can_be_named() -> None:
    found = asked("update 3", None, NOW)
    assert (found.update, found.recorded_until, found.name) == ("3", None, "update-3")


def test_both_moments_are_in_the_title_and_in_the_name() -> None:
    found = asked("2026-11-25T15:25:27Z", "2023-06", NOW)
    assert found.title == "evidence as recorded by 2026-11-25T15:25:27Z and published by 2023-06"
    assert found.name == "2026-11-25T152527Z-published-2023-06"


@pytest.mark.parametrize("text", ["2026-11-30", "2026-12", "2027", "2026-11-29T17:00:01Z"])
def test_the_future_is_refused(text: str) -> None:
    with pytest.raises(ExpectedError, match="is in the future; it is now 2026-11-29 17:00 UTC"):
        asked(text, None, NOW)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2026, 11, 29)), st.integers(0, 3))
def test_every_moment_of_the_past_is_read_and_gives_a_plain_name(when: datetime, precision: int) -> None:
    text = (when.replace(microsecond=0).isoformat() + "Z", f"{when:%Y-%m-%d}", f"{when:%Y-%m}", f"{when:%Y}")[precision]
    found = asked(text, None, NOW)
    assert found.recorded_until is not None
    assert found.recorded_until >= when.replace(microsecond=0, tzinfo=UTC)
    assert found.recorded_until - when.replace(tzinfo=UTC) < timedelta(days=366)
    assert re.fullmatch(r"[0-9A-Za-z-]+", found.name)


@given(st.text(max_size=12), st.booleans())
def test_any_other_text_is_refused_with_its_option_or_names_a_folder(text: str, recorded: bool) -> None:
    option = "--as-of" if recorded else "--published-by"
    refused: tuple[str, ...] = ()
    try:
        found = asked(text if recorded else None, None if recorded else text, NOW)
    except ExpectedError as error:
        refused = error.messages
    else:
        assert found.update or found.recorded_until or found.published_until
        assert re.fullmatch(r"[0-9A-Za-z-]+", found.name)
    assert all(message.startswith(option) for message in refused)
