"""A strict HTTP fake of Slack (`fake.FakeSlack`) and a signed inbound driver (`driver.Driver`), with their use.

Nothing is imported here, so that `python -m tests.adapters.slack.fake` runs one copy of the module.

The fake
--------
```
from tests.adapters.slack.fake import MINIMAL_SCOPES, FakeSlack, Fault, Limits    # also Posted, Ephemeral, View, User,
                                                           # Channel, Workspace, Call; fake_parts is the inside
fake = FakeSlack(now=clock.now, limits=None)               # now: Callable[[], datetime]; Limits() = Slack's
team = fake.add_workspace("T0000NORTH", name="Northlake", token="xoxb-north")      # id and token may be left out
sarah = fake.add_user(name="Sarah Chen", email="sarah@northlake.example", tz="America/Toronto")   # -> User; .id "U..."
guest = fake.add_user("U00000GUEST", name="Guest", is_restricted=True, team=team.id)     # team: default the first
leads = fake.add_channel("leadership", members=[sarah.id], bot=True, private=False)      # -> Channel, .id "C..."
async with fake:                                           # or: await fake.start(port=0); await fake.close()
    AsyncWebClient(team.token, base_url=fake.api_url, retry_handlers=[])     # fake.api_url ends in "/api/"
```
Without `add_workspace` the first `add_user`/`add_channel`/`start` makes one: `fake.workspace` is the first workspace,
`fake.workspaces` all by team id. `Workspace`: id, name, domain, token, bot_user, bot_id, scopes (a set; take from it
to get `missing_scope`), messages_tab, home_tab, revoked, installed (False = `account_inactive`).
`fake.add_workspace(scopes=MINIMAL_SCOPES)`; the default adds the three history scopes. `user.deleted = True`
deactivates; `channel.archived = True`, `channel.members.discard(...)`.

State, plain lists and dataclasses, in order:
```
fake.messages            list[Posted]: channel, ts, user, text, blocks, thread_ts, metadata, edits, team, at,
                         .readable (all words), .buttons (list[Button]), .button("action"), .snapshot()
fake.dm(user)            Posted messages now in the bot's DM with that user (id or User), thread replies too
fake.dm_channel(user)    that DM as a Channel, opened if need be
fake.channel(id)         Channel: id, name, members, private, archived, is_im, user, team
fake.posted(channel_id)  Posted messages now in that channel;  fake.message(channel_id, ts) one of them or None
fake.ephemerals          list[Ephemeral]: channel, user, text, blocks, ts, via ("command", "response_url",
                         "chat.postEphemeral"), .readable, .buttons, .button;  fake.ephemeral_to(user) those of one user
fake.views               dict[view id, View] of open modals and published homes; View: id, user, team, payload, hash,
                         type, callback_id, private_metadata, root_id, previous_id, values, errors, .readable, .buttons
fake.modal(user)         the modal on top for that user, or None;  fake.home(user) the published home, or None
fake.calls               list[Call(method, args, team, at, error)]; error None = ok;  fake.calls_of("chat.postMessage")
fake.counts              Counter of methods;  fake.limited Counter of the buckets that answered 429
fake.responses           list[ResponsePost(url, body, at, error)]: the posts to response URLs
fake.unknown_arguments   list[(method, argument)] that Slack does not document
fake.new_trigger(user, view=None), fake.new_response_url(channel_id, user, message_ts=None)     (the driver calls these)
fake.say(user, text, channel=None, thread_ts=None) -> Posted     a person writes (DM by default); no event is sent
fake.posts_to_deactivated = True                           (default False: `user_disabled`)
```
Faults, first in first out per method ("*" = any, "response_url" = posts to response URLs):
```
fake.fault("chat.postMessage", "accept_then_reset")        times=1, channel=None (only that channel or user id)
    after the work:  "accept_then_reset" "accept_then_500" "accept_then_hang" "fatal_error_after_commit" "bad_json"
    instead of it:   "reset" "refuse_500" "html_503"
fake.fault("chat.postMessage", "429", retry_after=7)
fake.fault("chat.update", "error", code="edit_window_closed")
fake.fault_policy = lambda method, args: Fault(...) or None      for storms; asked when no queued fault fits
fake.release()                                             lets every hanging request answer; close() does so too
fake.hanging                                               asyncio.Event, set while a request hangs
fake.honour_client_msg_id = True                           (default False: accepted and ignored)
```

The driver
----------
```
from tests.adapters.slack.driver import Ack, AppMistake, ClientRefused, Driver

driver = Driver(fake, url=f"{app_url}/slack/events", signing_secret="s", now=clock.now, signing_now=None)
async with driver: ...                            # signing_now: the signature's clock (real time when Bolt verifies)
ack = await driver.command(user, "/ai-status", "SEPSIS", channel=None)       # default: the user's DM; ack.shown
ack = await driver.press(user, posted_or_ephemeral_or_view, "action_id", value=None, index=0, selected=...)
ack = await driver.submit(view, user, {"block_or_action_id": "value", ...}, hash=None)
ack = await driver.close(view)                    # None, and nothing sent, unless notify_on_close
ack = await driver.event("app_uninstalled", user=None, team=None, event_id=None, **fields_of_the_event)
ack = await driver.home_opened(user, tab="home") / driver.write(user, "text in the DM", channel=None)
ack = await driver.shortcut(user, "callback_id") / driver.message_shortcut(user, "callback_id", posted)
ack = await driver.options(user, view_or_message, "action_id", "typed")      # ack.options; choose them by value later
ack = await driver.redeliver(ack, num=1, reason="http_timeout")     # same body, X-Slack-Retry-*, fresh signature
ack = await driver.insist(ack)                    # Slack's three retries while an event is not taken
ack = await driver.replay(ack)                    # exactly the same request again
ack = await driver.verify_url()                   # url_verification; the challenge is "fake-challenge"
ack = await driver.bad(kind)                      # unsigned stale future wrong_signature changed_body oversized
                                                  # junk_timestamp junk_signature junk_json json_array junk_payload
                                                  # payload_array empty get
```
`Ack`: status, body (parsed JSON, text, or None when empty), headers, took (seconds by `now`), late (> 3 s), ok (200 in
time), action (response_action), errors, shown (Ephemeral or Posted), options. `driver.acks` keeps all.

`value` picks among several buttons of one action_id by their value, `index` by order. `submit` takes values keyed by
block_id, action_id or "block_id/action_id" in plain form: text "12", number 3 or "3", select "option value", multi
["a", "b"], date "2026-11-24"; untouched fields go with what was typed before, else their `initial_*`; `None` empties a
field. `ClientRefused` (an AssertionError) is raised for what Slack's own client would not send: an unknown block, a
required field left empty, a limit passed, a button that is not there, a person who does not have it on the screen. An
answer Slack would not take (bad blocks, errors for no such input) raises `AppMistake` (also an AssertionError).
`response_action` errors, update, push and clear are applied to the fake's views.
"""
