from itertools import islice

from django.db import migrations

from portal import domains

BATCH = 500


def write_down(apps, schema_editor):
    """Every page that was there before handles had a table of their own."""
    Handle, Page = apps.get_model("pitches", "Handle"), apps.get_model("pitches", "Page")
    pages = Page.objects.filter(handles=None).only("pk", "handle").order_by("pk")
    rows = (Handle(handle=page.handle, skeleton=domains.skeleton(page.handle), page=page) for page in pages.iterator())
    while batch := list(islice(rows, BATCH)):
        Handle.objects.bulk_create(batch, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("pitches", "0002_doors_that_act")]
    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
