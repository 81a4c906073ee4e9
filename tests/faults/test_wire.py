"""On the wire: nothing goes elsewhere, nothing is injected, no more is read than fits, odd framing is not believed."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import Any

import pytest
from scripted_server import answer
from support import ACCOUNT

from bandwidth_messaging import ApiException
from faults.lab import ACCEPTED, ANY, MESSAGE, PAGE, PASSWORD, READ, SEND, Lab, case

REDIRECTS = [301, 302, 303, 307, 308]


@case(47, SEND, "redirects to another server", "RedirectException, accepted None; nothing follows", 1)
@pytest.mark.parametrize("status", REDIRECTS)
def test_a_message_does_not_follow_a_redirect(status: int, lab: Lab) -> None:
    lab.serve(answer(status, headers={"Location": f"{lab.serve(ACCEPTED).url}/messages"}))
    error = lab.send(host=lab.servers[1].url)
    assert error.status == status
    assert lab.servers[0].connections == 0


@case(48, READ, "redirects to another server, http, itself, or a file", "RedirectException; nothing follows", 1)
@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("location", ["http://127.0.0.1:1/", "file:///etc/passwd", "", "//[", "/users"])
def test_a_read_does_not_follow_a_redirect(location: str, status: int, lab: Lab) -> None:
    lab.serve(answer(status, headers={"Location": location}))
    assert lab.read().headers["location"] == location


@case(51, ANY, "account_id empty, `.` or `..`", "ValueError; before any I/O", 0)
@pytest.mark.parametrize("account_id", ["", ".", ".."])
def test_an_account_id_that_leaves_the_path_is_refused(account_id: str, lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    with pytest.raises(ValueError, match="account_id"):
        lab.client().create_message(account_id, MESSAGE)
    assert server.connections == 0


@case(52, SEND, "account_id `a/../b`, `1?x`, `1#f`, `a%2Fb`, `é`", "the message; the id quoted once", 1)
@pytest.mark.parametrize(
    ("account_id", "quoted"),
    [("a/../b", "a%2F..%2Fb"), ("1?x", "1%3Fx"), ("1#f", "1%23f"), ("a%2Fb", "a%252Fb"), ("é", "%C3%A9")],
)
def test_an_account_id_is_quoted_once(account_id: str, quoted: str, lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    lab.client().create_message(account_id, MESSAGE)
    assert server.requests[0].target == f"/users/{quoted}/messages"


@case(
    53,
    ANY,
    "CR LF, NUL or non-ASCII in a header; a framing header",
    "ConfigurationException; names it",
    0,
)
@pytest.mark.parametrize(
    ("name", "value"),
    [("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\0"), ("X-A", "é"), ("X-A\r\n", "a"), ("X A", "a"),
     ("", "a"), ("Content-Length", "0"), ("Transfer-Encoding", "chunked"), ("X-A", 5)],
)  # fmt: skip
def test_no_header_can_be_injected(name: str, value: Any, lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    assert "_headers" in str(lab.send(lab.client(), _headers={name: value}))
    assert server.connections == 0


@case(
    "53a",
    ANY,
    "CR LF in an access token, a user name or an account id",
    "ConfigurationException; not shown",
    0,
)
def test_no_credential_can_inject_a_header(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    assert "s3cret" not in str(lab.send(access_token="s3cret\r\nX: y"))
    assert "s3cret" not in str(lab.send(username="a\r\nb", password="s3cret"))
    with pytest.raises(ValueError, match="account_id"):
        lab.client().create_message("1\r\nX: y", MESSAGE)
    assert server.connections == 0


@case(54, READ, "filters `%2B1555…` and `+1555…`, `AT%26T` and `AT&T`", "the page; the same bytes for both", 2)
def test_a_filter_is_encoded_once_whichever_way_it_is_given(lab: Lab) -> None:
    server = lab.serve(PAGE)
    api = lab.client()
    for number, carrier in (("%2B15557654321", "AT%26T"), ("+15557654321", "AT&T")):
        lab.outcome = None
        api.list_messages(ACCOUNT, source_tn=number, carrier_name=carrier)
    first, second = server.requests
    assert first.target == second.target
    assert first.target.endswith("?sourceTn=%2B15557654321&carrierName=AT%26T")


@case(55, READ, "300 kB of gzip that hold 315 MB", "BrokenAnswerException; at 64 MiB, no repeat", 1)
def test_a_gzip_bomb_stops_at_the_limit(lab: Lab) -> None:
    lab.serve(answer(200, bomb(315), {"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        error = lab.read()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "larger than 67108864 bytes" in error.reason
    assert peak < 200 * 1024 * 1024


@case("55a", READ, "a body of more than max_response_size", "BrokenAnswerException; no repeat", 1)
def test_a_large_answer_stops_at_the_limit_that_was_set(lab: Lab) -> None:
    lab.serve(answer(200, b"x" * 20_000))
    assert "larger than 10000 bytes" in lab.read(max_response_size=10_000).reason


@case("55b", SEND, "202 with a body of more than max_response_size", "BrokenAnswerException, accepted True", 1)
def test_a_large_answer_to_a_send_is_reported_as_accepted(lab: Lab) -> None:
    lab.serve(answer(202, b"x" * 20_000), ACCEPTED)
    lab.send(max_response_size=10_000)


@case(56, READ, "gzip within gzip, 6 deep", "BrokenAnswerException; refused", 3)
def test_a_chain_of_encodings_is_bounded(lab: Lab) -> None:
    body = b"{}"
    for _ in range(6):
        body = gzip.compress(body)
    lab.serve(answer(200, body, {"Content-Encoding": ", ".join(["gzip"] * 6)}))
    lab.read()


@case("56a", READ, "gzip that breaks off, or is none", "BrokenAnswerException", 3)
@pytest.mark.parametrize("body", [b"not gzip at all"])
def test_a_body_that_is_not_what_its_encoding_says_is_broken(body: bytes, lab: Lab) -> None:
    lab.serve(answer(200, body, {"Content-Encoding": "gzip"}))
    lab.read()


@case("56b", READ, "a page in gzip", "the page", 1)
def test_a_compressed_page_is_read(lab: Lab) -> None:
    lab.serve(answer(200, gzip.compress(b'{"totalCount": 7}'), {"Content-Encoding": "gzip"}))
    assert lab.read().total_count == 7


HEAD = b"HTTP/1.1 202 Accepted\r\n"
NOT_HTTP = {
    "101 headers": HEAD + b"X: y\r\n" * 101 + b"\r\n",
    "70 kB header": HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}   ",
    "a length that is none": HEAD + b"Content-Length: 2, 3\r\n\r\n{}",
    "SSH": b"SSH-2.0-OpenSSH_9.6\r\n",
    "SMTP": b"220 mail.example.org ESMTP\r\n",
    "70 kB status line": b"HTTP/1.1 202 " + b"y" * 70_000,
    "status 99": b"HTTP/1.1 99 Odd\r\n\r\n",
    "status 2OO": b"HTTP/1.1 2OO OK\r\n\r\n",
    "HTTP/2": b"HTTP/2 202\r\n\r\n",
    "zeros": b"\0" * 1000 + b"\r\n",
}


@case(57, SEND, "101 headers, a 70 kB line, two lengths, SSH", "OutcomeUnknownException, accepted None", 1)
@pytest.mark.parametrize("reply", NOT_HTTP.values(), ids=NOT_HTTP)
def test_a_send_that_gets_no_http_leaves_the_outcome_unknown(reply: bytes, lab: Lab) -> None:
    lab.serve(reply, ACCEPTED)
    error = lab.send(retries=0)
    assert len(str(error)) < 400


@case("57a", READ, "101 headers, a 70 kB line, two lengths, SSH; then answers", "the page", 2)
@pytest.mark.parametrize("reply", NOT_HTTP.values(), ids=NOT_HTTP)
def test_a_read_that_gets_no_http_is_repeated(reply: bytes, lab: Lab) -> None:
    lab.serve(reply, PAGE)
    lab.read()


@case("57b", SEND, "101 Switching Protocols", "ApiException, accepted None", 1)
def test_a_switch_of_protocols_is_no_answer(lab: Lab) -> None:
    lab.serve(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
    assert lab.send().status == 101


@case("57c", SEND, "202 and a second answer at once", "the message; each call its own", 2)
def test_a_second_answer_is_not_taken_for_that_of_the_next_call(lab: Lab) -> None:
    lab.serve(ACCEPTED + answer(202, {"id": "smuggled"}), ACCEPTED)
    api = lab.client()
    assert [lab.send(api).id for _ in range(2)] == ["m-1", "m-1"]


@case("57d", SEND, "an answer nobody asked for on an idle connection", "the message; over a new connection", 2)
def test_an_answer_that_comes_unasked_is_not_believed(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    api = lab.client()
    lab.send(api)
    server.push(answer(202, {"id": "smuggled"}))
    assert lab.send(api).id == "m-1"
    assert server.connections == 2


@case(58, SEND, "202 with JSON nested 200,000 deep", "UnreadableAnswerException, accepted True", 1)
def test_deep_json_is_typed(lab: Lab) -> None:
    lab.serve(answer(202, b'{"id":' + b"[" * 200_000))
    lab.send()


@case("58a", READ, "200 with NaN for a number, and deep JSON in a field", "the page; the values kept", 1)
def test_odd_json_in_a_field_does_not_cost_the_page(lab: Lab) -> None:
    lab.serve(answer(200, b'{"totalCount": NaN, "x": ' + b"[" * 50 + b"]" * 50 + b"}"))
    assert lab.read().total_count != 0


@case(61, ANY, "a .netrc has the host", "the page; with the client's own credentials", 1)
def test_netrc_is_never_used(lab: Lab, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login intruder password other\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server = lab.serve(PAGE)
    lab.read(access_token=f"t0ken-{PASSWORD}")
    assert server.requests[0].headers["authorization"] == f"Bearer t0ken-{PASSWORD}"


@case(70, SEND, "a text with NUL or half a surrogate pair", "ValueError; names the field, before any I/O", 0)
@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_text_that_cannot_be_sent_is_refused(text: str, lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    with pytest.raises(ValueError, match="text"):
        lab.client().create_message(ACCOUNT, {**MESSAGE, "text": text})
    assert server.connections == 0


@case("9b", SEND, "any bytes at all for a body, with any status", "the status's own type; never another exception", 1)
@pytest.mark.parametrize("status", [302, 400, 429, 500, 503])
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html>" * 999, b"[]", b"null", b'{"fieldErrors":[1,{}]}'])
def test_no_body_breaks_the_error_path(status: int, body: bytes, lab: Lab) -> None:
    lab.serve(answer(status, body))
    error = lab.send(retries=0)
    lab.outcome = None
    assert isinstance(error, ApiException)
    assert (error.status, error.raw_body) == (status, body)
    assert len(str(error)) < 400


def bomb(megabytes: int) -> bytes:
    """Zeros in gzip, made without holding them."""
    packer, block = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(1024 * 1024)
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])
