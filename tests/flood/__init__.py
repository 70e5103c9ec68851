"""The flood: strangers' pitches by the hundred thousand, and how long a friend and a sign-in code wait meanwhile."""
