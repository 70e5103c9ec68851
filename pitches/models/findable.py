"""What a pitch is found by at the desk of its page. The database keeps it by triggers, so no verb can forget it."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Reverse

from pitches.models.page import Page
from pitches.models.pitch import Pitch


class Findable(models.Model):
    """The keys of a pitch that was handed in. Each begins with the number of its page, so that a search reads nothing
    of another page. Triggers write the row; nothing that is sealed is in it.
    """

    pitch = models.OneToOneField(Pitch, primary_key=True, on_delete=models.CASCADE, related_name="+")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(help_text="when the pitch was handed in")
    config = models.CharField(max_length=24, help_text="the text search configuration of its language")
    names = models.TextField(help_text="person, company and address, without case, accents and signs")
    line = models.TextField(help_text="the line, likewise")
    keys = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            # A long list of what is not sorted in yet would be read by every search.
            GinIndex(fields=["keys"], name="findable_keys", fastupdate=True, gin_pending_list_limit=256),
            models.Index(fields=["page", "-at"], name="findable_newest"),
            models.Index(fields=["page", "config"], name="findable_config"),
        ]

    def __str__(self) -> str:
        return f"keys of {self.pitch_id}"


class FindableWord(models.Model):
    """A word of the names and lines of a page: what a slip is compared with, and where a beginning is looked up.

    Triggers write it, too. Two pitches at once may write it twice, so that neither waits for the other. What no pitch
    says any more goes with the daily tidying (search.forget).
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.TextField(db_collation="C")
    back = models.GeneratedField(
        expression=Reverse("word"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    class Meta:
        indexes: ClassVar = [
            # search_near(): words that begin alike, and words that end alike.
            models.Index(fields=["page", "word"], name="findable_word"),
            models.Index(fields=["page", "back"], name="findable_back"),
        ]

    def __str__(self) -> str:
        return self.word
