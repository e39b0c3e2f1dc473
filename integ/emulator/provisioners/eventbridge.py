"""Lets tests put events on the bus that only AWS services may send."""

from __future__ import annotations

import functools

from ministack.services import eventbridge


def install() -> None:
    eventbridge._put_events = functools.partial(eventbridge._put_events, allow_aws_source=True)
