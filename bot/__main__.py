"""The `steward` command: `steward` and `python -m bot` are the same."""

from bot.cli import main

if __name__ == "__main__":
    main()
