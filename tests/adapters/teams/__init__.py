"""A strict HTTP fake of what a Teams bot talks to (`fake.FakeTeams`) and a signed inbound driver (`driver.Driver`).

Nothing is imported here, so that `python -m tests.adapters.teams.fake` runs one copy of the module.

The fake
--------
```
from tests.adapters.teams.fake import FakeTeams, Fault, Limits, Person, Place, Posted
fake = FakeTeams(now=clock.now, limits=None, secure=True)  # limits: Limits() = Teams' own; secure=False: no tokens
sarah = fake.add_person("Sarah Chen", "sarah@northlake.example", timezone="America/Toronto")   # also locale, guest,
                                                           # enabled, installed, blocked, tenant, object_id
leads = fake.add_channel("Leadership", [sarah.object_id], bot=True)          # -> Place; fake.add_group_chat([...])
async with fake: ...                                       # or: await fake.start(port=0); await fake.close()
```
One server plays the token endpoint (`fake.token_url`), metadata and keys (`fake.metadata_url`), the Bot Connector
(`fake.service_url`, of a `fake.region`) and the directory (`fake.graph_url`) for `fake.app_id` with `fake.secret`.
```
fake.personal(sarah)            her chat with the bot, a Place;  fake.reference(place) the product's name for it
fake.posted(place)              what stands there;  fake.by_the_bot(place) the bot's own;  fake.message(place, id)
fake.read(posted, sarah)        its words as she reads them;  fake.card_for(sarah, posted) the card as she sees it
fake.dialogs[object id]         the Dialog on a screen: title, card, sentence, typed, error;  fake.toasts [(who, words)]
fake.calls, fake.calls_of("post"), fake.counts["token"]    names: token metadata keys create post update member members
                                                           graph
fake.keys.roll()                sign with a new key from now on;  fake.revoke_tokens();  fake.lives = 60 (expires_in)
fake.fault("post", "status", status=502)                   times=1, place=None; "connector" and "*" for any call
    instead of the work:  "status" (status=, code=) "429" (retry_after=) "writes_blocked" "reset" "hang"
    after the work:       "accept_then_reset" "accept_then_500" "accept_then_hang" "bad_json"
fake.fault_policy = lambda name, place: Fault(...) or None;  fake.release() lets what hangs answer;  fake.hanging
```
It refuses what Teams refuses and what Teams makes a mess of: text and a card in one activity, a card without a summary,
more than 25 KB, and every breach of schema 1.5 in `fake_parts/cards.py`.

The driver
----------
```
driver = Driver(fake, f"{app_url}/api/messages", signing_now)      # tokens are judged by the real time
ack = await driver.write(sarah, "/ai-status sepsis", at=leads, mention=True)
ack = await driver.press(sarah, posted, driver.button(sarah, posted, "Answer"), values={...})
ack = await driver.submit(sarah, {"progress": "..."})      # the dialog on her screen;  driver.close(sarah)
ack = await driver.install(sarah, removed=False, at=None);  driver.echo(place, "words") the bot hears itself
choices = await driver.suggest(sarah, "sep")               # the answer to a filtered choice, as (title, value)
found = await driver.search(sarah, "sep");  await driver.choose(sarah, found[0])      # the message extension
ack = await driver.send(any_activity) / driver.redeliver(ack) / driver.bad(kind)      # kinds: NOT_GENUINE
driver.knows_execute = False                               # an older client: the fallback of Action.Execute
```
`ClientRefused` (an AssertionError) is raised for what the client lets nobody do, `AppMistake` for an answer that Teams
could not show.
"""
