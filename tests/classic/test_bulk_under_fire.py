"""5,000 messages over the bridge while a proxy breaks a tenth of the exchanges: no order lost, nothing taken twice."""

from __future__ import annotations

from faults.breaking_proxy import BreakingProxy
from faults.soaking import RecordingServer
from scripted_server import ScriptedServer, answer

from bandwidth_messaging import ApiException, Configuration, RetryPolicy
from bandwidth_messaging.classic import BridgeClient

MESSAGES = 5000
TOKEN = {"access_token": "token", "token_type": "bearer", "expires_in": 3600}


def test_each_is_accepted_once_and_an_unknown_outcome_says_so() -> None:
    record = RecordingServer(20261121)
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x", "tag": f"t-{n}"} for n in range(MESSAGES)]
    with (
        ScriptedServer(answer(200, TOKEN)) as tokens,
        ScriptedServer(record) as server,
        BreakingProxy(server.port, seed=20261121, share=0.1) as proxy,
        BridgeClient(
            "9900000",
            "client",
            "secret",
            application_id="app",
            api_endpoint=proxy.url,
            access_token_url=tokens.url,
            concurrency=16,
            configuration=Configuration(read_timeout=0.1, retries=RetryPolicy(base=0.01)),
        ) as bridge,
    ):
        results = bridge.send_messages(messages)

    assert sum(proxy.broken.values()) > MESSAGES / 20
    assert [result.message["tag"] for result in results] == [message["tag"] for message in messages]
    assert [tag for tag, times in record.taken.items() if times > 1] == []
    sent = {result.message["tag"]: result.id for result in results if result.id is not None}
    assert all(tag == message_id and record.taken[tag] == 1 for tag, message_id in sent.items())
    refused = [result.message["tag"] for result in results if result.accepted is False]
    assert [tag for tag in refused if tag in record.taken] == []
    unknown = [result for result in results if result.accepted is None]
    assert unknown
    assert all(isinstance(result.error, ApiException) and result.id is None for result in unknown)
    # The answer was cut off in its body: accepted, but under an id that nobody read.
    without_id = [result.message["tag"] for result in results if result.accepted and result.id is None]
    assert [record.taken[tag] for tag in without_id] == [1] * len(without_id)
    assert len(sent) + len(without_id) + len(refused) + len(unknown) == MESSAGES
    print(
        f"sent {len(sent)}, sent without id {len(without_id)}, refused {len(refused)}, unknown {len(unknown)}, "
        f"broken {sum(proxy.broken.values())}"
    )
