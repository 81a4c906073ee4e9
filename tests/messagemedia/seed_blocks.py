# ruff: noqa: E501 - the lines are the page's
"""The code blocks of the page of MessageMedia's own SDK (seed 004), as it prints them, in their order."""

BLOCKS = [
    r"""from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
""",
    r"""# Configuration parameters and credentials
auth_user_name = 'basic_auth_user_name' # The username to use with basic authentication
auth_password = 'basic_auth_password' # The password to use with basic authentication

client = MessageMediaMessagesClient(auth_user_name, auth_password)

# If you wish to use HMAC authentication, you simply specify it as the last parameter

client = MessageMediaMessagesClient(auth_user_name, auth_password, true)
""",
    r"""messages_client = client.messages
""",
    r"""def update_cancel_scheduled_message(self,
message_id,
body)
""",
    r"""message_id = 'messageId'
body = CancelScheduledMessageRequest()

result = messages_client.update_cancel_scheduled_message(message_id, body)
""",
    r"""def get_message_status(self,
message_id)
""",
    r"""message_id = 'messageId'

result = messages_client.get_message_status(message_id)
""",
    r"""def create_send_messages(self,
body)
""",
    r"""body_value = "{ \"messages\": [ { \"callback_url\": \"https://my.callback.url.com\", \"content\": \"My first message\", \"destination_number\": \"+61491570156\", \"delivery_report\": true, \"format\": \"SMS\", \"message_expiry_timestamp\": \"2016-11-03T11:49:02.807Z\", \"metadata\": { \"key1\": \"value1\", \"key2\": \"value2\" }, \"scheduled\": \"2016-11-03T11:49:02.807Z\", \"source_number\": \"+61491570157\", \"source_number_type\": \"INTERNATIONAL\" }, { \"callback_url\": \"https://my.callback.url.com\", \"content\": \"My second message\", \"destination_number\": \"+61491570158\", \"delivery_report\": true, \"format\": \"SMS\", \"message_expiry_timestamp\": \"2016-11-03T11:49:02.807Z\", \"metadata\": { \"key1\": \"value1\", \"key2\": \"value2\" }, \"scheduled\": \"2016-11-03T11:49:02.807Z\", \"source_number\": \"+61491570159\", \"source_number_type\": \"INTERNATIONAL\" } ]}"
body = json.loads(body_value)

result = messages_client.create_send_messages(body)
""",
    r"""delivery_reports_client = client.delivery_reports
""",
    r"""def get_check_delivery_reports(self)
""",
    r"""result = delivery_reports_client.get_check_delivery_reports()
""",
    r"""def create_confirm_delivery_reports_as_received(self,
body)
""",
    r"""body_value = "{ \"delivery_report_ids\": [ \"011dcead-6988-4ad6-a1c7-6b6c68ea628d\", \"3487b3fa-6586-4979-a233-2d1b095c7718\", \"ba28e94b-c83d-4759-98e7-ff9c7edb87a1\" ]}"
body = json.loads(body_value)

result = delivery_reports_client.create_confirm_delivery_reports_as_received(body)
""",
    r"""replies_client = client.replies
""",
    r"""def create_confirm_replies_as_received(self,
body)
""",
    r"""body_value = "{ \"reply_ids\": [ \"011dcead-6988-4ad6-a1c7-6b6c68ea628d\", \"3487b3fa-6586-4979-a233-2d1b095c7718\", \"ba28e94b-c83d-4759-98e7-ff9c7edb87a1\" ]}"
body = json.loads(body_value)

result = replies_client.create_confirm_replies_as_received(body)
""",
    r"""def get_check_replies(self)
""",
    r"""result = replies_client.get_check_replies()
""",
]
