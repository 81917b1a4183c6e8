"""
Steward, the product: what it knows, says and does, free of any vendor below `app.py`.

domain    what is true: pure, synchronous, standard library
messages  the words: domain facts to Message or Form
flows     the verbs: load, decide, save; one file per feature
ports     what the flows need from the outside
dispatch  who asked for what: Interaction to flow to Reply
playbook  the content that ships as data: questions, calendars
cli       the `steward` command; web, app, settings: the process around it
"""
