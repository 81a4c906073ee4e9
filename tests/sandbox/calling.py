"""A sandbox to talk to over real HTTP, without the SDK: client and server must not be wrong together."""

import json
from typing import Any
from urllib.parse import urlencode

import urllib3
from support import NOW

from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

__all__ = ["NOW", "Caller", "fields"]


class Caller:
    """Sends raw requests to a sandbox as its ordinary user."""

    def __init__(self, sandbox: Sandbox | SandboxAccount, http: urllib3.PoolManager) -> None:
        self.sandbox = sandbox
        self.http = http
        self.path = f"/users/{sandbox.account_id}/messages"
        self.basic = urllib3.make_headers(basic_auth=f"{sandbox.username}:{sandbox.password}")

    def send(
        self, method: str, path: str, body: bytes | str | None = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        return self.http.request(method, self.sandbox.url + path, body=body, headers=headers)

    def post(self, body: bytes | str, **headers: str) -> urllib3.BaseHTTPResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", self.path, body, {**self.basic, "content-type": "application/json", **named})

    def create(self, **changes: Any) -> urllib3.BaseHTTPResponse:
        request = {
            "applicationId": self.sandbox.application_id,
            "to": ["+15554443333"],
            "from": "+15553332222",
            "text": "Hello",
        }
        merged = {**request, **changes}
        return self.post(json.dumps({name: value for name, value in merged.items() if value is not ...}))

    def search(self, query: str = "", **parameters: Any) -> urllib3.BaseHTTPResponse:
        return self.send("GET", f"{self.path}?{query or urlencode(parameters)}", headers=self.basic)

    def ids(self, **parameters: Any) -> list[str]:
        answer = self.search(**parameters)
        assert answer.status == 200, answer.data
        return [item["messageId"] for item in answer.json()["messages"]]

    def token(
        self, body: str = "grant_type=client_credentials", credential: str | None = None, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        named = {"content-type": "application/x-www-form-urlencoded"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        credential = credential or f"{self.sandbox.client_id}:{self.sandbox.client_secret}"
        basic = urllib3.make_headers(basic_auth=credential)
        return self.http.request("POST", self.sandbox.access_token_url, body=body, headers={**basic, **named})


def fields(answer: urllib3.BaseHTTPResponse) -> dict[str, str]:
    """The field errors of an answer, by field."""
    return {error["fieldName"]: error["description"] for error in answer.json()["fieldErrors"]}
