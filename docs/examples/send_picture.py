"""Send a picture from a local file, against the local sandbox: no account, no network.

`python send_picture.py [FILE]`. It uploads the file, sends a message with its URL, and prints what became of it.
"""

import sys
import tempfile
from pathlib import Path

import bandwidth_messaging
from bandwidth_messaging.sandbox import Sandbox

# The smallest picture there is: one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccfc0f01f0005050201d9e0cb5d"
    "0000000049454e44ae426082"
)


def show(sent: int, total: int) -> None:
    print(f"{sent} of {total} bytes")


def main(file: Path) -> None:
    with Sandbox() as sandbox:
        configuration = bandwidth_messaging.Configuration(
            host=sandbox.url,
            client_id=sandbox.client_id,
            client_secret=sandbox.client_secret,
            access_token_url=sandbox.access_token_url,
        )
        with bandwidth_messaging.ApiClient(configuration) as api_client:
            media = bandwidth_messaging.MediaApi(api_client)
            messages = bandwidth_messaging.MessagesApi(api_client)
            account_id = sandbox.account_id

            media.upload_media(
                account_id, file.name, file, progress=lambda sent, total: print(f"{sent} of {total} bytes")
            )
            message = messages.create_message(
                account_id,
                bandwidth_messaging.MessageRequest(
                    application_id=sandbox.application_id,
                    to=["+15552345678"],
                    var_from="+15557654321",
                    text="Look at this",
                    media=[media.media_url(account_id, file.name)],
                ),
            )
            print("sent", message.media)
            page = messages.list_messages(account_id, message_id=message.id)
            for item in page.messages or []:
                print(item.message_type, item.attachment_count, item.message_status)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            pixel = Path(folder) / "pixel.png"
            pixel.write_bytes(PIXEL)
            main(pixel)
