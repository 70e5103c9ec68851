"""Whether mail goes out, what waits, and to stop it or let it go on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pitches.models import Message, MessageState, Sending, Stop
from pitches.notify import brake
from portal.celery import QUEUES
from portal.models import DrawerMail
from portal.templatetags.portal import when

LISTED = 100
WAITS = (MessageState.PENDING, MessageState.SENDING)
NOT_SENT = {  # the states of mails that did not go out or may not have, for an operator to look at
    MessageState.DEAD: lambda n: ngettext("%d mail failed for good.", "%d mails failed for good.", n),
    MessageState.UNKNOWN: lambda n: ngettext(
        "%d mail may have arrived or not: the connection broke.", "%d mails may have arrived or not.", n
    ),
    MessageState.WITHHELD: lambda n: ngettext(
        "%d mail was held back: its address takes none.", "%d mails were held back: their addresses take none.", n
    ),
}


class Command(BaseCommand):
    """`manage.py outbox status`, `stop`, `kept`, `resume`.

    Exit code 1 when mail is stopped, or when there is nothing to do.
    """

    help = "Say whether mail goes out and what waits; stop all mail; let it go on; show what was kept back."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        steps = parser.add_subparsers(dest="step", required=True, metavar="status|stop|kept|resume")
        steps.add_parser("status", help="whether mail goes out, and what waits; exit code 1 when it is stopped")
        steps.add_parser("stop", help="let nothing out from now on")
        kept = steps.add_parser("kept", help="which mails MAIL_ALLOW kept back, the newest first")
        kept.add_argument("number", type=int, nargs="?", help="of one of them, to read it as it would have gone out")
        resume = steps.add_parser("resume", help="let mail out again")
        resume.add_argument(
            "--older-than",
            choices=["skip", "send"],
            required=True,
            help="what becomes of all that waits until now: left out for good, or sent",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        steps = {"status": self._status, "stop": self._stop, "kept": self._kept, "resume": self._resume}
        steps[options["step"]](options)

    def _status(self, _options: dict[str, Any]) -> None:
        row = Sending.objects.exclude(why="").first()
        for sentence in [*_waiting(), *_not_sent()]:
            self.stdout.write(sentence)
        if row is None:
            self.stdout.write(self.style.SUCCESS(_("Mail goes out.")))
            return
        raise CommandError(brake.said(row), returncode=1)

    def _stop(self, _options: dict[str, Any]) -> None:
        if not brake.stop(Stop.BY_HAND):
            raise CommandError(_("Mail is stopped already: %(why)s.") % {"why": _why()}, returncode=1)
        self.stdout.write(_("No mail goes out any more. `manage.py outbox resume` lets it go on."))

    def _kept(self, options: dict[str, Any]) -> None:
        if options["number"] is None:
            for mail in DrawerMail.objects.defer("raw")[:LISTED]:
                self.stdout.write(f"{mail.pk}  {mail.arrived_at:%Y-%m-%d %H:%M}  {mail}")
            return
        kept = DrawerMail.objects.filter(pk=options["number"]).first()
        if kept is None:
            raise CommandError(_("There is no mail with this number. Each is deleted after a week."), returncode=1)
        self.stdout.write(bytes(kept.raw).decode("utf-8", "replace"))

    def _resume(self, options: dict[str, Any]) -> None:
        if not brake.state().why:
            raise CommandError(_("Mail goes out already. Nothing was changed."), returncode=1)
        try:
            left_out = brake.resume(skip=options["older_than"] == "skip")
        except brake.OlderDatabaseError as error:
            raise CommandError(str(brake.SAY_AGAIN), returncode=1) from error
        if left_out:
            said = ngettext("%d mail was left out.", "%d mails were left out.", left_out)
            self.stdout.write(said % left_out)
        self.stdout.write(self.style.SUCCESS(_("Mail goes out again.")))


def _why() -> str:
    return str(Stop(brake.state().why).label)


def _waiting() -> list[str]:
    """A sentence for each queue in which something waits, the most urgent first."""
    rows = Message.objects.filter(state__in=WAITS).order_by().values_list("queue")
    found = {queue: (count, since) for queue, count, since in rows.annotate(Count("pk"), Min("next_at"))}
    sentences = []
    for queue in sorted(found, key=lambda name: QUEUES.index(name) if name in QUEUES else len(QUEUES)):
        count, since = found[queue]
        said = ngettext("%(count)d mail waits in %(queue)s", "%(count)d mails wait in %(queue)s", count)
        due = _("the oldest is due %(moment)s") % {"moment": when(since)}
        sentences.append(f"{said % {'count': count, 'queue': queue}}, {due}.")
    return sentences or [_("Nothing waits.")]


def _not_sent() -> list[str]:
    rows = Message.objects.filter(state__in=NOT_SENT).order_by().values_list("state").annotate(count=Count("pk"))
    counts = dict(rows)
    return [say(counts[state]) % counts[state] for state, say in NOT_SENT.items() if state in counts]
