"""Stories: a page, doors, senders and steps on a virtual clock, played through the real rooms. See docs/stories.md."""
