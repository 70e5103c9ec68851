"""`flush` in the tests: after a test with real transactions, empty the tables that hold something.

Most hold nothing, and what follows every migration (content types, permissions) is still there: to empty all and to
write that again takes ten times as long.
"""

from django.core.management.commands import flush
from django.db import connections

STAYS = {"django_migrations", "django_content_type", "auth_permission"}


class Command(flush.Command):
    def handle(self, *args, **options):
        line = connections[options["database"]]
        tables = [name for name in line.introspection.table_names() if name not in STAYS]
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
        with line.cursor() as cursor:
            cursor.execute(asked)
            full = [f'DELETE FROM "{name}"' for (name,) in cursor.fetchall()]
            # As a replica does: whatever refers to a row goes with it, so nothing has to be asked.
            cursor.execute("; ".join(["BEGIN", "SET LOCAL session_replication_role = replica", *full, "COMMIT"]))
