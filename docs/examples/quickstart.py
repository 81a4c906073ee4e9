"""Send a message and see what became of it, against the local sandbox: no account, no network."""

from pprint import pprint

import bandwidth_messaging
from bandwidth_messaging.sandbox import Sandbox

with Sandbox() as sandbox:
    configuration = bandwidth_messaging.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
    )
    with bandwidth_messaging.ApiClient(configuration) as api_client:
        messages = bandwidth_messaging.MessagesApi(api_client)

        message = messages.create_message(
            sandbox.account_id,
            bandwidth_messaging.MessageRequest(
                application_id=sandbox.application_id,
                to=["+15552345678"],
                var_from="+15557654321",
                text="Your code is 482913",
            ),
        )
        pprint(message)

        pprint(messages.list_messages(sandbox.account_id, message_id=message.id))
