"""What is written down of somebody who asks, and what is decided. Law: no more than is needed to find out."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Day, Document, Identifier, Instant, Text
from routing.domain.clients import Consent
from routing.domain.places import Place
from routing.domain.policies import ClientClass


class Channel(StrEnum):
    """How the request came."""

    HOTLINE = "hotline"
    VOLUNTEER = "volunteer"
    PARTNER = "partner"
    ITSELF = "itself"


class Refusal(StrEnum):
    """Why a request is refused."""

    NOT_OURS = "not_ours"
    NO_CONSENT = "no_consent"
    NOT_REACHED = "not_reached"
    KNOWN_ALREADY = "known_already"
    WITHDRAWN = "withdrawn"


class HelpRequest(Document):
    """A request. `code_name` is the only name; `consent` is what was agreed to in `asked_at`'s call."""

    request_id: Identifier
    asked_at: Instant
    channel: Channel = Channel.HOTLINE
    code_name: Annotated[Text, Field(min_length=1)]
    consent: Consent
    place: Place = Place()
    phone: Text | None = None
    language: Text = "en"
    client_class: ClientClass = ClientClass.NEW
    wanted: Text = ""


class IntakeDecision(Document):
    """Accepted as a client of this id, to be visited to assess them; or refused, with a reason."""

    accept: bool
    client_id: Identifier | None = None
    assessment_on: Day | None = None
    reason: Refusal | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.accept != (self.client_id is not None) or self.accept != (self.reason is None):
            raise ValueError("accepted: with a `client_id`; refused: with a `reason`")
        if self.assessment_on is not None and not self.accept:
            raise ValueError("nobody who is refused is assessed")
        return self
