"""Puts what could not be delivered into a dead-letter queue or topic."""

from __future__ import annotations

import logging

from ministack.core.arn import parse_arn
from ministack.services import sns, sqs


def send(target: str, body: str, attributes: dict[str, object]) -> None:
    """`target` is the ARN of a queue or topic. On AWS, too, what it does not take is lost."""
    values = {
        name: {"DataType": "Number" if isinstance(value, int) else "String", "StringValue": str(value)}
        for name, value in attributes.items()}
    queue = sqs._queue_by_arn(target)
    if queue:
        sqs._act_send_message({"QueueUrl": queue["url"], "MessageBody": body, "MessageAttributes": values}, "")
    elif parse_arn(target).service != "sns" or sns.publish_internal(target, body, message_attributes=values) is None:
        logging.getLogger(__name__).warning("there is no %s to take what could not be delivered", target)
