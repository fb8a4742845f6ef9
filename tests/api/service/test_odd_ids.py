"""Ids that no database holds: the sign of zero, half a character, a very long one. There is no such thing, no more."""

import re

import pytest

from api.identity.access import ACCESS
from tests.api.service.conftest import Service

ODD = ("a%00b", "%ED%A0%80", "x" * 9000, "%0A")
SHOWN = sorted({path for method, path in ACCESS if "{" in path and method == "GET"})


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_id_that_cannot_be_is_one_that_is_not_there(service: Service, programme_id: str, odd: str):
    with service.as_role("all") as client:
        for path in SHOWN:
            for of_programme in (odd, programme_id):
                asked = re.sub(r"\{\w+\}", odd, path.replace("{programme_id}", of_programme))
                answer = client.get(asked)
                here = of_programme == programme_id and asked.rpartition("/")[2] != odd
                # 401, 403: what only links open; 422: dates and numbers have a form.
                wanted = {200, 404} if here else {401, 403, 404, 422}
                assert answer.status_code in wanted, (asked[:200], answer.text)


@pytest.mark.parametrize("path", ["/v1/users/%00", "/v1/keys/%00", "/v1/networks/%00"])
def test_nor_can_it_be_removed(service: Service, path: str):
    with service.as_role("all") as client:
        answer = client.delete(path)
    assert answer.status_code in {404, 405}, answer.text


@pytest.mark.parametrize("path", ["/v1/audit?actor=%00", "/v1/audit?about=a%00b", "/v1/keys?cursor=%00"])
def test_nothing_is_found_by_the_sign_of_zero(service: Service, path: str):
    with service.as_role("all") as client:
        answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter")
