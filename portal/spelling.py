"""Hosts of mail that many people mean, and what they type instead. The script of the page knows the same ones."""

HOSTS = (
    "gmail.com googlemail.com outlook.com hotmail.com yahoo.com icloud.com proton.me gmx.de gmx.net web.de aol.com "
    "mail.com ymail.com"
).split()
LONG = 7  # code points; in a longer name two slips may be forgiven


def meant(email: str) -> str:
    """The address that was probably meant; empty where nothing looks wrong."""
    name, _at, host = email.strip().lower().rpartition("@")
    if not name or host in HOSTS:
        return ""
    near = next((known for known in HOSTS if apart(host, known) <= (2 if len(known) > LONG else 1)), "")
    return f"{name}@{near}" if near else ""


def apart(one: str, other: str) -> int:
    """How many letters have to be put in, taken out or changed to make one of the other (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        corner, row[0] = row[0], i
        for j, wanted in enumerate(other, start=1):
            above = row[j]
            row[j] = min(above + 1, row[j - 1] + 1, corner + (letter != wanted))
            corner = above
    return row[-1]
