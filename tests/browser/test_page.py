"""What a person sees and does on the page."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from scripted_server import ScriptedServer, answer
from support import FakeClock

import bandwidth_messaging
from bandwidth_messaging import MessageRequest, MessagesApi
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.messaging.changes import Event
from bandwidth_messaging.sandbox.store.listing import SEARCHED_AT_ONCE
from bandwidth_messaging.sandbox.store.records import Batch, Delivery, Message

from .conftest import NARROW, NOW, OURS, PHONE, Inbox

MALICE = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\"><b>bold</b>"
Send = Callable[..., str]


def test_what_the_sdk_sends_appears_without_a_reload_and_goes_on_to_be_delivered(inbox: Inbox, send: Send) -> None:
    inbox.page.evaluate("window.sameDocument = true")
    send("Your table is booked for eight o'clock.")
    expect(inbox.conversations).to_have_count(1)
    send("Your code is 482913", "+15551112222")
    expect(inbox.conversations).to_have_count(2)
    expect(inbox.conversations.first).to_contain_text("+15551112222")
    expect(inbox.page.locator("#announcer")).to_have_text(
        f"New message from {OURS} to +15551112222: Your code is 482913"
    )
    inbox.open(PHONE)
    expect(inbox.conversations.first).to_contain_text("RECEIVED")
    inbox.sandbox.advance(10)
    expect(inbox.conversations.first).to_contain_text("DELIVERED")
    expect(inbox.page.locator("#messages .status")).to_have_text("DELIVERED")
    send("The kitchen closes at ten — see you soon!")
    expect(inbox.bubbles).to_have_count(2)
    assert inbox.page.evaluate("window.sameDocument") is True
    inbox.shoot("live")


def test_a_reply_as_the_phone_reaches_the_application_as_a_callback(inbox: Inbox, send: Send) -> None:
    with ScriptedServer(answer(200)) as application:
        inbox.sandbox.set_callbacks(inbound_url=f"{application.url}/inbound")
        send("Shall we keep your table? YES or NO")
        inbox.open()
        inbox.page.get_by_label(f"Reply as {PHONE}").fill("YES")
        inbox.page.get_by_role("button", name="Send", exact=True).click()

        expect(inbox.bubbles).to_have_text(["Shall we keep your table? YES or NO", "YES"])
        # The status of a reply says that the application has taken it.
        expect(inbox.page.locator("#messages .mine .status")).to_have_text("ACCEPTED")
        (request,) = application.requests

    (event,) = request.json
    assert (event["type"], event["message"]["from"], event["message"]["text"]) == ("message-received", PHONE, "YES")
    assert event["message"]["to"] == [OURS]
    inbox.shoot("reply")


def test_a_429_that_is_set_on_the_page_makes_the_client_try_again(
    inbox: Inbox, sandbox: Sandbox, api_for: Callable[..., MessagesApi], clock: FakeClock
) -> None:
    inbox.page.get_by_role("button", name="Faults").click()
    dialog = inbox.page.get_by_role("dialog")
    dialog.get_by_label("Seconds").fill("7")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.locator("#fault-list")).to_contain_text("next 1: status 429, Retry-After 7 s")
    inbox.shoot("faults")

    # The client waits on a clock of its own, which only the test moves.
    api = api_for(sandbox.url, username=sandbox.username, password=sandbox.password, clock=clock)
    request = MessageRequest(application_id=sandbox.application_id, to=[PHONE], var_from=OURS, text="Once")
    api.create_message(sandbox.account_id, request)

    assert [received.method for received in sandbox.requests][-2:] == ["POST", "POST"]
    assert sum(clock.slept) >= 7
    expect(inbox.conversations).to_have_count(1)
    expect(inbox.conversations.first).to_contain_text("Once")
    assert len(sandbox.messages()) == 1


def test_a_fault_can_be_removed_again(inbox: Inbox, send: Send) -> None:
    inbox.page.keyboard.press("f")
    dialog = inbox.page.get_by_role("dialog")
    dialog.get_by_label("What happens").select_option("503")
    dialog.get_by_label("Which requests").select_option("percentage")
    dialog.get_by_label("How many").fill("100")
    dialog.get_by_role("button", name="Add").click()
    dialog.get_by_role("button", name="Remove: 100 % of requests: status 503").click()
    expect(dialog.locator("#fault-list-heading")).to_have_text("No faults are set")

    send()
    assert len(inbox.sandbox.messages()) == 1


def test_a_search_finds_by_text_and_by_every_filter(inbox: Inbox, send: Send) -> None:
    send("Your parcel is on its way.", tag="shipping")
    send("Your invoice is due.", "+15550004770", tag="billing")
    send("Your parcel has been delivered.", "+15551112222", tag="shipping")
    inbox.sandbox.advance(10)
    expect(inbox.conversations).to_have_count(3)
    query = inbox.page.get_by_role("searchbox")

    query.fill("PARCEL")
    expect(inbox.conversations).to_have_count(2)
    expect(inbox.page.locator("#items mark")).to_have_text(["parcel", "parcel"])
    query.fill('status:failed tag:"billing"')
    expect(inbox.conversations).to_have_count(1)
    expect(inbox.conversations).to_contain_text("Your invoice is due.")
    query.fill("to:+15551112222 parcel")
    expect(inbox.conversations).to_have_count(1)
    query.fill("nowhere to be found")
    expect(inbox.page.locator("#list-note")).to_have_text("Nothing found.")
    query.fill("since:soon")
    expect(inbox.page.locator("#list-note")).to_contain_text("ISO 8601")

    query.fill("parcel")
    inbox.page.get_by_role("button", name="Filters").click()
    inbox.page.get_by_label("errorCode").fill("0")
    inbox.page.get_by_label("destinationTn").fill("+1555111")
    expect(query).to_have_value("parcel to:+1555111 error:0")
    expect(inbox.conversations).to_have_count(1)
    inbox.shoot("search")
    inbox.conversations.first.locator("a").click()
    expect(inbox.detail).to_contain_text("+15551112222")
    expect(inbox.page.locator("#messages [data-current]")).to_have_count(1)


def test_a_search_goes_on_through_a_large_store_until_it_finds_something(inbox: Inbox, send: Send) -> None:
    send("a needle")
    start = int(NOW * 1000)
    rows = [(f"hay-{number}", start + 1 + number) for number in range(SEARCHED_AT_ONCE * 2 + 10)]
    message: dict[str, Any] = {
        "family": "v2", "account_id": inbox.sandbox.account_id, "direction": "OUTBOUND", "sender": OURS,
        "recipients": [PHONE], "text": "hay",
    }  # fmt: skip
    delivery: dict[str, Any] = {
        "account_id": inbox.sandbox.account_id, "source_tn": OURS, "destination_tn": PHONE, "message_status": "SENT",
        "message_direction": "OUTBOUND", "message_type": "sms", "segment_count": 1, "error_code": 0,
        "message_length": 3, "bw_queued": 0, "carrier_queued": 0,
    }  # fmt: skip
    inbox.sandbox.store.write(
        Batch(
            messages=[Message(**message, message_id=name, receive_time=when) for name, when in rows],
            deliveries=[Delivery(**delivery, message_id=name, receive_time=when) for name, when in rows],
        )
    )
    inbox.page.get_by_role("searchbox").fill("needle")
    expect(inbox.page.locator("#items mark")).to_have_count(1)
    # What was found far back stays when something new is found.
    inbox.sandbox.advance(1000)
    send("another needle")
    expect(inbox.page.locator("#items mark")).to_have_count(2)
    expect(inbox.page.locator("#older")).to_be_hidden()


def test_a_message_of_html_or_script_is_shown_as_its_text(inbox: Inbox, send: Send) -> None:
    identifier = send(MALICE, tag=MALICE)
    inbox.sandbox.receive(PHONE, MALICE, to=OURS, media=["javascript:document.title='owned'"])
    inbox.open()

    expect(inbox.page.locator("#messages .theirs .text")).to_have_text(MALICE)
    expect(inbox.page.locator("#messages .mine .text")).to_have_text(MALICE)
    inbox.page.goto(f"{inbox.sandbox.url}/#/c/1/m/{identifier}")
    expect(inbox.detail.locator(".parts li").first).to_contain_text("<script>")
    inbox.page.get_by_role("searchbox").fill("<b>bold</b>")
    expect(inbox.page.locator("#items mark")).to_have_text(["<b>bold</b>"] * 2)

    assert inbox.page.title() != "owned"
    assert inbox.page.locator("main b, main script, main img[src=x], main a[href^=javascript]").count() == 0
    inbox.shoot("html-as-text")


def test_even_a_script_that_got_in_would_not_run(inbox: Inbox) -> None:
    refused = inbox.page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", (event) => resolve(event.violatedDirective));
            const script = document.createElement("script");
            script.textContent = "document.title = 'owned'";
            document.body.append(script);
        })"""
    )
    assert refused == "script-src-elem"
    assert "Content Security Policy" in inbox.wrong.pop()
    assert inbox.page.title() == "Messaging sandbox"


def test_pictures_of_this_machine_are_shown_and_others_only_named(inbox: Inbox, send: Send) -> None:
    icon = f"{inbox.sandbox.url}/sandbox/page/icon.svg"
    with ScriptedServer(answer(200)) as elsewhere:
        send("Look", media=[icon, elsewhere.url.replace("127.0.0.1", "cats.example.com") + "/cat.png"])
        inbox.open()
        expect(inbox.bubbles.locator("img")).to_have_count(1)
        expect(inbox.bubbles.locator(".media-address")).to_contain_text("cats.example.com")
        assert inbox.bubbles.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
        assert elsewhere.requests == []


def test_the_details_explain_segments_history_callbacks_and_the_raw_request(inbox: Inbox, send: Send) -> None:
    with ScriptedServer(answer(500, b"not now"), answer(200)) as application:
        inbox.sandbox.set_callbacks(outbound_url=f"{application.url}/events")
        send("Your code is 482913. It’s valid for ten minutes, so please do not share it with anybody.", tag="login")
        inbox.sandbox.advance(3)
        inbox.sandbox.advance(60)
        inbox.open()
        inbox.page.locator("#messages a.open").click()

        detail = inbox.detail
        expect(detail).to_contain_text("2 segments in UCS-2")
        expect(detail.locator(".parts mark")).to_have_text("’")
        expect(detail).to_contain_text("U+2019 RIGHT SINGLE QUOTATION MARK")
        expect(detail).to_contain_text("it would take 1, not 2")
        expect(detail.locator(".history .status")).to_have_text(["RECEIVED", "QUEUED", "SENDING", "SENT", "DELIVERED"])
        inbox.shoot("details")
        detail.locator("summary", has_text="message-delivered").click()
        expect(detail.locator(".attempts li:visible")).to_contain_text(["answered 200"])
        detail.locator("summary", has_text="POST /users/").click()
        expect(detail.locator("details[open] pre").last).to_contain_text("authorization: Basic (not kept)")
        detail.get_by_text("Python", exact=True).click()
        expect(detail.locator("details[open] pre").last).to_contain_text("api.create_message(")
        # What is open stays open when the message changes under it.
        opened = detail.locator("details[open]").count()
        inbox.sandbox.receive(PHONE, "STOP", to=OURS)
        expect(inbox.bubbles).to_have_count(2)
        assert detail.locator("details[open]").count() == opened


def test_a_one_time_code_is_picked_out_and_copied(visit: Callable[..., Inbox], send: Send) -> None:
    inbox = visit(permissions=["clipboard-read", "clipboard-write"])
    send("Your code is 482 913. It expires soon.")
    inbox.open()

    expect(inbox.bubbles.get_by_label("One-time code")).to_have_text("482913")
    inbox.bubbles.get_by_role("button", name="Copy code").click()
    expect(inbox.page.locator("#announcer")).to_have_text("Copied 482913")
    assert inbox.page.evaluate("navigator.clipboard.readText()") == "482913"


def test_a_code_is_copied_where_the_browser_has_no_clipboard_for_pages(inbox: Inbox, send: Send) -> None:
    send("Your code is 482913")
    inbox.open()
    inbox.page.evaluate(
        """() => {
            navigator.clipboard.writeText = () => Promise.reject(new Error("not here"));
            document.addEventListener("copy", () => { window.copied = document.activeElement.value; });
        }"""
    )
    inbox.bubbles.get_by_role("button", name="Copy code").click()
    expect(inbox.page.locator("#announcer")).to_have_text("Copied 482913")
    assert inbox.page.evaluate("window.copied") == "482913"
    expect(inbox.bubbles.get_by_role("button", name="Copy code")).to_be_focused()


def test_a_phone_can_write_first_and_to_a_group(inbox: Inbox) -> None:
    inbox.page.get_by_role("button", name="New message").click()
    dialog = inbox.page.get_by_role("dialog")
    dialog.get_by_label("From").fill("+15558880000")
    dialog.get_by_label("To").fill(f"{OURS}, +15558881111")
    dialog.get_by_label("Text").fill("Is anybody there?")
    dialog.get_by_role("button", name="Send").click()

    expect(inbox.conversations).to_have_count(1)
    expect(inbox.conversations).to_contain_text("Is anybody there?")
    (message,) = inbox.sandbox.messages()
    assert (message.from_, message.recipients) == ("+15558880000", (OURS, "+15558881111"))


def test_what_the_sandbox_refuses_is_said_where_it_was_asked(inbox: Inbox) -> None:
    inbox.page.get_by_role("button", name="New message").click()
    dialog = inbox.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("text")
    expect(dialog).to_be_visible()


def test_the_three_families_stand_side_by_side(inbox: Inbox, send: Send) -> None:
    send("Sent by V2")
    keys, user = inbox.sandbox.messagemedia, inbox.sandbox.classic
    with MessageMediaMessagesClient(keys.api_key, keys.api_secret, base_uri=inbox.sandbox.url) as media:
        media.messages.send_messages(
            {"messages": [{"content": "Sent by MessageMedia", "destination_number": "+61491570156"}]}
        )
    with bandwidth_messaging.client(
        "messaging", user.user_id, user.api_token, user.api_secret, api_endpoint=inbox.sandbox.url
    ) as classic:
        classic.send_message(OURS, PHONE, "Sent by the classic client")

    badges = inbox.conversations.locator(".badge")
    expect(badges).to_have_text(["Classic", "MessageMedia", "V2"])
    inbox.shoot("families")
    family = inbox.page.locator("#family")
    family.select_option("messagemedia")
    expect(badges).to_have_text(["MessageMedia"])
    inbox.open("+61491570156")
    inbox.page.locator("#messages a.open").click()
    expect(inbox.detail).to_contain_text("/v1/messages")
    inbox.page.get_by_label("Reply as +61491570156").fill("Who is this?")
    inbox.page.keyboard.press("Enter")
    expect(inbox.bubbles).to_have_text(["Sent by MessageMedia", "Who is this?"])
    family.select_option("classic")
    expect(inbox.conversations).to_contain_text(["Sent by the classic client"])
    # The same phone and number as in the classic family, whose message was the last: the reply stays in this one.
    family.select_option("v2")
    expect(inbox.conversations).to_contain_text(["Sent by V2"])
    inbox.open(PHONE)
    inbox.page.get_by_label(f"Reply as {PHONE}").fill("Hello V2")
    inbox.page.keyboard.press("Enter")
    expect(inbox.bubbles).to_have_text(["Sent by V2", "Hello V2"])


def test_everything_can_be_forgotten_after_a_question(inbox: Inbox, send: Send) -> None:
    send()
    inbox.open()
    inbox.page.get_by_role("button", name="Clear").click()
    inbox.page.get_by_role("button", name="Keep them").click()
    assert len(inbox.sandbox.messages()) == 1
    inbox.page.get_by_role("button", name="Clear").click()
    inbox.page.get_by_role("button", name="Forget them").click()
    expect(inbox.page.locator("#list-note")).to_contain_text("Nothing yet")
    expect(inbox.page.locator("#thread-heading")).to_have_text("No conversation is open")
    assert inbox.sandbox.messages() == []


def test_each_account_has_its_own_page(inbox: Inbox, send: Send) -> None:
    send("For the first account")
    expect(inbox.conversations).to_have_count(1)
    other = inbox.sandbox.new_account()
    inbox.page.reload()
    inbox.page.get_by_label("Account", exact=True).select_option(other.account_id)
    expect(inbox.page.locator("#list-note")).to_contain_text("Nothing yet")
    other.receive(PHONE, "For the other", to=OURS)
    expect(inbox.conversations).to_contain_text("For the other")


def test_what_comes_in_masses_is_all_there(inbox: Inbox, send: Send) -> None:
    send("the first")
    inbox.open()
    expect(inbox.bubbles).to_have_count(1)
    batch = Batch()
    for number in range(300):
        kept: dict[str, Any] = {"message_id": f"m{number}", "account_id": inbox.sandbox.account_id}
        kept["receive_time"] = int(NOW * 1000)
        batch.messages.append(Message(
            **kept, family="v2", direction="OUTBOUND", sender=OURS, recipients=[PHONE], owner=OURS, text=f"n{number}",
        ))  # fmt: skip
        batch.deliveries.append(Delivery(
            **kept, source_tn=OURS, destination_tn=PHONE, message_direction="OUTBOUND", message_type="sms",
            message_status="DELIVERED", error_code=0, segment_count=1, message_length=1, history=[],
        ))  # fmt: skip
    inbox.sandbox.store.write(batch)
    send("the last")
    expect(inbox.bubbles.last).to_have_text("the last")
    older = inbox.page.get_by_role("button", name="Older messages")
    for _ in range(2):
        older.click()
    expect(inbox.bubbles).to_have_count(300)
    older.click()
    expect(inbox.bubbles).to_have_count(302)
    expect(inbox.bubbles.first).to_have_text("the first")


def test_forgotten_messages_go_from_the_page_too(visit: Callable[..., Inbox], send: Send, sandbox: Sandbox) -> None:
    send("soon forgotten")
    send("kept", "+15550001111")
    inbox = visit()
    inbox.open()
    expect(inbox.conversations).to_have_count(2)
    # What --keep does when more has come than is kept.
    sandbox.store.execute("DELETE FROM deliveries WHERE destination_tn = ?", (PHONE,))
    sandbox.store.execute("DELETE FROM messages WHERE text = 'soon forgotten'")
    sandbox.store.execute("DELETE FROM conversations WHERE phone = ?", (PHONE,))
    sandbox.services.feed.publish(Event("pruned", "", ""))
    expect(inbox.page.locator("#thread-heading")).to_have_text("No conversation is open")
    expect(inbox.conversations).to_have_count(1)
    expect(inbox.conversations).to_contain_text("kept")
    expect(inbox.page.locator("#problem")).to_be_hidden()


@pytest.mark.parametrize("where", ["memory", "file"])
def test_a_tab_that_is_left_open_over_a_restart_shows_what_there_is(
    where: str, browser: Browser, tmp_path: Path
) -> None:
    db = str(tmp_path / "messages.sqlite") if where == "file" else None
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    with Sandbox(db=db) as before:
        port = int(before.url.rpartition(":")[2])
        before.receive("+15550001111", "Before", to=OURS)
        page.goto(before.url)
        page.locator("#items > li a").click()
        expect(page.locator("#thread-heading")).to_have_text("+15550001111")
    expect(page.locator("#connection")).to_have_text("Reconnecting")
    with Sandbox(db=db, port=port) as after:
        after.receive(PHONE, "After", to=OURS)
        expect(page.locator("#items")).to_contain_text("After")
        # In the same database, what was open is what it was; in another one its number means another phone.
        heading = "+15550001111" if where == "file" else "No conversation is open"
        expect(page.locator("#thread-heading")).to_have_text(heading)
        expect(page.locator("#items > li")).to_have_count(2 if where == "file" else 1)
        context.close()


def test_tabs_that_nobody_sees_keep_no_connection_and_know_what_came(inbox: Inbox, send: Send) -> None:
    def hide(hidden: bool) -> None:
        inbox.page.evaluate(
            "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }",
            hidden,
        )

    feed = inbox.sandbox.services.feed
    assert len(feed._listeners) == 1
    hide(True)
    last = time.monotonic() + 20
    while feed._listeners and time.monotonic() < last:
        inbox.page.wait_for_timeout(20)
    assert not feed._listeners
    send("while nobody looked")
    expect(inbox.conversations).to_contain_text("while nobody looked")
    assert not feed._listeners
    hide(False)
    send("and now")
    expect(inbox.conversations).to_contain_text("and now")
    assert len(feed._listeners) == 1


def test_on_a_narrow_screen_an_error_is_seen(visit: Callable[..., Inbox]) -> None:
    inbox = visit(viewport=NARROW)
    inbox.page.evaluate("location.hash = '#/c/99'")
    expect(inbox.page.locator("#problem")).to_be_visible()
    expect(inbox.page.locator("#problem")).to_contain_text("no such conversation")
    inbox.page.evaluate("location.hash = '#/'")
    expect(inbox.page.locator("#problem")).to_be_hidden()


def test_a_stepped_clock_is_moved_from_the_page(inbox: Inbox, send: Send) -> None:
    send()
    expect(inbox.conversations).to_contain_text("RECEIVED")
    inbox.page.get_by_role("button", name="+1 min").click()
    expect(inbox.conversations).to_contain_text("DELIVERED")
    expect(inbox.page.locator("#clock-time")).to_contain_text("10:01")


def test_a_long_conversation_is_read_page_by_page(inbox: Inbox, send: Send) -> None:
    for number in range(60):
        send(f"number {number}")
    inbox.open()
    expect(inbox.bubbles).to_have_count(50)
    expect(inbox.bubbles.last).to_be_in_viewport()
    inbox.page.get_by_role("button", name="Older messages").click()
    expect(inbox.bubbles).to_have_count(60)
    expect(inbox.bubbles.first).to_have_text("number 0")
    send("one more")
    expect(inbox.bubbles).to_have_count(61)


def test_a_page_that_lost_the_sandbox_comes_back_by_itself(inbox: Inbox, send: Send) -> None:
    port = int(inbox.sandbox.url.rpartition(":")[2])
    send("Before")
    expect(inbox.conversations).to_have_count(1)
    inbox.sandbox.close()
    expect(inbox.page.locator("#connection")).to_have_text("Reconnecting")
    with Sandbox(port=port, pace="stepped") as again:
        again.receive("+15550001111", "After", to=OURS)
        inbox.live()
        expect(inbox.conversations.first).to_contain_text("After")
        inbox.page.close()


def test_the_keyboard_is_enough(visit: Callable[..., Inbox], send: Send) -> None:
    inbox = visit(permissions=["clipboard-read", "clipboard-write"])
    keyboard, page = inbox.page.keyboard, inbox.page
    for number in range(3):
        send(f"Your code is 55500{number}", f"+1555111000{number}")
    expect(inbox.conversations).to_have_count(3)

    keyboard.press("j")
    keyboard.press("j")
    keyboard.press("k")
    keyboard.press("ArrowDown")
    expect(inbox.conversations.nth(1).locator("a")).to_be_focused()
    inbox.shoot("keyboard")
    keyboard.press("Enter")
    expect(page.locator("#thread-heading")).to_have_text("+15551110001")
    expect(page.locator("#messages a.open")).to_be_focused()
    keyboard.press("c")
    expect(page.locator("#announcer")).to_have_text("Copied 555001")
    keyboard.press("r")
    keyboard.type("Thanks")
    keyboard.press("Shift+Enter")
    keyboard.type("a lot")
    keyboard.press("Enter")
    expect(inbox.bubbles.last).to_have_text("Thanks\na lot")
    keyboard.press("Escape")
    keyboard.press("k")
    expect(page.locator("#messages a.open").first).to_be_focused()
    keyboard.press("Enter")
    expect(inbox.page.locator("#detail-heading")).to_be_focused()
    keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(page.locator("#messages a.open").first).to_be_focused()
    keyboard.press("Escape")
    expect(page.locator("#thread-heading")).to_have_text("No conversation is open")
    expect(inbox.conversations.first.locator("a")).to_be_focused()
    keyboard.press("/")
    keyboard.type("555002")
    expect(inbox.conversations).to_have_count(1)
    keyboard.press("Enter")
    expect(inbox.conversations.locator("a")).to_be_focused()
    keyboard.press("/")
    keyboard.press("Escape")
    expect(inbox.conversations).to_have_count(3)
    keyboard.press("n")
    expect(page.get_by_role("dialog", name="A phone sends a message")).to_be_visible()
    keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_every_control_can_be_reached_by_tab_and_shows_that_it_is_in_focus(inbox: Inbox, send: Send) -> None:
    send()
    inbox.open()
    inbox.page.locator("#messages a.open").click()
    expect(inbox.page.locator("#detail")).to_be_visible()
    wanted = inbox.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea, a[href], summary")]
            .filter((node) => node.checkVisibility()).length"""
    )
    inbox.page.evaluate("document.activeElement.blur()")
    seen: dict[str, Any] = {}
    for _ in range(wanted + 20):
        inbox.page.keyboard.press("Tab")
        described = inbox.page.evaluate(
            """() => {
                const node = document.activeElement;
                node.seen ??= String(Math.random());
                const { outlineStyle, outlineWidth } = getComputedStyle(node);
                const control = node.matches("button, input, select, textarea, a[href], summary");
                return [node.seen, control, outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, node.outerHTML];
            }"""
        )
        if described[1]:
            seen[described[0]] = described
    assert [html for _, _, outlined, html in seen.values() if not outlined] == []
    assert len(seen) == wanted


def test_typing_does_not_set_off_shortcuts(inbox: Inbox, send: Send) -> None:
    send()
    inbox.open()
    inbox.page.keyboard.press("r")
    inbox.page.keyboard.type("jknft?/")
    expect(inbox.page.locator("#reply-text")).to_have_value("jknft?/")
    assert inbox.page.locator("dialog[open]").count() == 0


def test_a_narrow_screen_shows_one_pane_at_a_time(visit: Callable[..., Inbox], send: Send) -> None:
    inbox = visit(viewport=NARROW, has_touch=True, is_mobile=True)
    page = inbox.page
    send("Your code is 482913")
    expect(inbox.conversations).to_have_count(1)
    inbox.shoot("narrow-list")
    inbox.open()
    expect(page.locator("#list")).to_be_hidden()
    expect(page.get_by_role("searchbox")).to_be_hidden()
    inbox.shoot("narrow")
    page.locator("#messages a.open").click()
    expect(page.locator("#detail")).to_be_visible()
    expect(page.locator("#thread")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("link", name="Close the details").click()
    page.get_by_role("link", name="Back to the conversations").click()
    expect(page.locator("#list")).to_be_visible()
    # The browser's own way back works as well.
    page.go_back()
    expect(page.locator("#thread-heading")).to_have_text(PHONE)


def test_dark_is_as_the_system_says_until_one_is_chosen_and_kept(visit: Callable[..., Inbox], send: Send) -> None:
    inbox = visit(color_scheme="dark")
    page = inbox.page
    send("Your table is booked for eight o'clock.")
    send("<3", "+15550004770")
    inbox.sandbox.advance(10)
    inbox.sandbox.receive(PHONE, "Great, thank you!")
    inbox.open()
    expect(inbox.bubbles).to_have_count(2)

    def ground() -> int:
        numbers = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in numbers.removeprefix("rgb(").removesuffix(")").split(","))

    assert ground() < 150
    inbox.shoot("dark")
    page.get_by_role("button", name="Theme: system").click()
    assert ground() > 600
    page.reload()
    expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    assert ground() > 600
    page.get_by_role("button", name="Theme: light").click()
    assert ground() < 150


def test_a_burst_is_shown_without_a_request_for_each_message(inbox: Inbox, send: Send) -> None:
    asked: list[str] = []
    inbox.page.on("request", lambda request: asked.append(request.url))
    for number in range(200):
        send(str(number), f"+1555111{number:04d}")
    expect(inbox.conversations.first).to_contain_text("+15551110199")
    assert len(asked) < 100


def test_the_api_is_the_only_thing_that_the_page_asks(inbox: Inbox) -> None:
    """What `visit` checks in every test, and that it would notice."""
    asked: list[str] = []
    inbox.page.on("request", lambda request: asked.append(request.url))
    inbox.page.reload()
    inbox.live()
    assert {url.removeprefix(inbox.sandbox.url).split("/")[1] for url in asked} <= {"", "sandbox"}
    assert json.dumps(asked).count("http") == len(asked)


@pytest.mark.parametrize("shortcut", ["j", "k", "r", "c", "Escape", "Enter"])
def test_on_an_empty_page_no_key_does_harm(inbox: Inbox, shortcut: str) -> None:
    inbox.page.keyboard.press(shortcut)
    expect(inbox.page.locator("#list-note")).to_contain_text("Nothing yet")
