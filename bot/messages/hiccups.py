"""What every chat platform says when the chat itself gets in the way."""

PRODUCT = "Steward"
CANCEL = "Cancel"
CLOSE = "Close"

ONE_MOMENT = "One moment, Steward is looking that up."
STILL_SAVING = "Still saving. Please leave this open for a moment."
FINISHED = "That is done."
TRY_AGAIN = "The form could not open in time. Please try again."
WENT_WRONG = (
    "Something went wrong in Steward. Please try again in a minute; if it stays, tell your Steward administrator."
)
KEPT = f"{WENT_WRONG} What you typed is still here."
ELSEWHERE = "Steward is not installed in your workspace. Please ask there for the person you need."
OLD_BUTTON = "This button is from an older version of Steward and has no use any more. Type /ai help for what has."
NOT_IN_PUBLIC = (
    "The answer is for you alone, and there is no chat between us yet. Add Steward to your own apps and ask me there."
)
NO_FORM_HERE = "A form cannot open from a plain message. Type /{command} instead."
NEEDED = "This one is needed."
PERSON = "A name or an e-mail address"
INITIATIVE = "A few letters of its name or key"
