"""The code for a role address: whoever reads it there runs the domain."""

from django.db import transaction

from pitches import claims, mailboxes
from pitches.models import DomainProof
from pitches.notify import outbox
from portal import languages


def put(proof: DomainProof) -> None:
    """35: the code for a domain, to the role address that was chosen."""
    outbox.put(
        "domain_code",
        claims.address_of(proof),
        dedupe=f"domain_code:{proof.pk}",
        proof=proof,
        queue="codes",
        language=languages.now(),
    )


@transaction.atomic
def send(proof: DomainProof) -> bool:
    """Put it, unless that mailbox takes no mail today."""
    takes_mail = mailboxes.may_mail(claims.address_of(proof))
    if takes_mail:
        put(proof)
    return takes_mail
