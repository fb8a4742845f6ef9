"""The table of extracts that have come and are not in use yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.tables import ID, Base, Owned


class NetworkUpload(Owned, Base):
    """An extract that is looked at (`building`) or was refused (`failed`); gone as soon as it is in use.

    `part_name`: the file that it came in. `reason`: the code of what it was refused for.
    """

    __tablename__ = "network_upload"
    network_id: Mapped[str] = mapped_column(ID, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    part_name: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
