"""Processes of the release before go on while its successor migrates: what they write knows no new column."""

from collections.abc import Iterator

from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField

SINCE = "0027"  # before that nobody looked, and every site is past it


def added() -> Iterator[tuple[str, str]]:
    """Every model and column that a later migration added to a table that was there."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app == "pitches" and name >= SINCE and not migration.replaces:
            made = {one.name_lower for one in migration.operations if one.__class__.__name__ == "CreateModel"}
            for one in migration.operations:
                if isinstance(one, AddField) and one.model_name_lower not in made:
                    yield one.model_name_lower, one.name


def test_a_new_column_has_a_value_for_whoever_does_not_know_it():
    apps = MigrationLoader(None).project_state().apps
    fields = {(model, name): apps.get_model("pitches", model)._meta.get_field(name) for model, name in added()}
    assert ("message", "language") in fields
    without = [
        key
        for key, field in fields.items()
        if not field.null and not field.many_to_many and field.db_default is models.NOT_PROVIDED
    ]
    assert without == []
