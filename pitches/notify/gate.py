"""The gate of mailboxes.py for mails of the sign-in library: requests put those, so the worker asks."""

from django.db import transaction

from pitches import mailboxes
from pitches.models import Message
from portal import tokens


def passes(message: Message) -> bool:
    """May this message go to its address? Asked once: a try that broke off is not counted twice."""
    if message.kind != "account" or not message.sealed or mailboxes.is_account(message.to):
        return True
    secret = tokens.unseal(bytes(message.sealed))
    if secret.get("passed"):
        return True
    with transaction.atomic():
        asked = {"browser": secret.get("browser", ""), "again": bool(secret.get("again")), "code": "code" in secret}
        if not mailboxes.may_mail(message.to, **asked):
            return False
        message.sealed = tokens.seal(secret | {"passed": "yes"})
        ours = Message.objects.filter(pk=message.pk, lease=message.lease).update(sealed=message.sealed)
        if not ours:  # another worker has it by now, and asks for itself
            transaction.set_rollback(True)
        return bool(ours)
