"""One person, several mailboxes: who is the same at a page, as the owner noted it."""

from django.db.models import Q

from pitches.models import Agency, Contact, Page, Sender


def mailboxes(page: Page, who: Sender | Agency) -> list[Sender | Agency]:
    """All mailboxes of one person at a page, by their numbers. Whoever stands alone is only themselves.

    So is an agency: what the owner thinks of it never travels with a person.
    """
    if isinstance(who, Agency):
        return [who]
    mine = Contact.objects.filter(page=page, sender=who).values_list("pk", "same_as").first()
    if mine is None:
        return [who]
    root = mine[1] or mine[0]
    person = Contact.objects.filter(Q(pk=root) | Q(same_as=root), page=page)
    return list(Sender.objects.filter(contacts__in=person).order_by("pk"))


def lock(page: Page, who: Sender | Agency) -> list[Sender | Agency]:
    """The same, and whoever else writes about them waits, so that no replay misses a row."""
    while True:
        found = mailboxes(page, who)
        keys = [one.pk for one in found]
        list(type(who).objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        if isinstance(who, Agency) or mailboxes(page, who) == found:
            return found
