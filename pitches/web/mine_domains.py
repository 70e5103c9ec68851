"""The agency shows that it speaks for its domain: a code at a role address, or a DNS record."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pitches import claims
from pitches.forms.claims import RoleForm
from pitches.forms.code import CodeForm
from pitches.models import Agency, DomainProof, ProofWay
from pitches.notify import proving
from pitches.web import access
from pitches.web.redirects import see

LIMIT = gettext_lazy(
    "Three requests a day are the most. Try again tomorrow, or use the code or the record that you have."
)
FOUND = {
    "": "",
    claims.MISSING: gettext_lazy("There is no TXT record at this name yet."),
    claims.OTHER: gettext_lazy("There is a TXT record, and it holds something else."),
    claims.SILENT: gettext_lazy("The name servers of the domain did not answer."),
}


@dataclass
class Claim:
    """One domain: the proof that holds, the requests that run, and the forms."""

    agency: Agency
    proof: DomainProof | None
    mailed: DomainProof | None
    record: DomainProof | None
    role: RoleForm
    code: CodeForm

    @property
    def name_and_value(self) -> tuple[str, str] | None:
        """The record to be set."""
        return claims.record_of(self.record) if self.record else None

    @property
    def found(self) -> str:
        """What the last look at the record said, in words; empty if it was right, or there was none."""
        looked = self.proof or self.record
        return str(FOUND.get(looked.found, looked.found)) if looked else ""

    @property
    def address(self) -> str:
        """Where the code went."""
        return claims.address_of(self.mailed) if self.mailed else ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: HttpRequest) -> HttpResponse:
    """Each domain of whoever is signed in, and what there is to do."""
    if request.method != "POST":
        return _shown(request)
    agency, sender = access.own_agency_of(request, request.POST.get("agency", ""))
    act = {"mail": _mail, "code": _code, "record": _record}.get(request.POST.get("do", ""))
    try:
        refused = act(request, agency, sender) if act else None
    except claims.NotNow as not_now:
        messages.warning(request, str(LIMIT) if not_now.why == "limit" else str(not_now.why))
        refused = None
    return _shown(request, refused) if refused else see("mine:domains")


def _shown(request: HttpRequest, refused: Claim | None = None) -> HttpResponse:
    found = [_claim(agency) for agency in access.own_agencies(request)]
    if refused:
        found = [refused if one.agency == refused.agency else one for one in found]
    wrong = refused and next((form for form in (refused.role, refused.code) if form.errors), None)
    context: dict[str, Any] = {"place": "people", "boxes": access.own_mailboxes(request), "claims": found}
    return render(request, "mine/domains.html", context | {"form": wrong}, status=422 if refused else 200)


def _claim(agency: Agency, role: RoleForm | None = None, code: CodeForm | None = None) -> Claim:
    return Claim(
        agency,
        claims.proven(agency),
        claims.asked(agency, ProofWay.MAIL),
        claims.asked(agency, ProofWay.DNS),
        role or RoleForm(domain=agency.domain, prefix=f"role{agency.pk}"),
        code or CodeForm(prefix=f"code{agency.pk}"),
    )


def _mail(request: HttpRequest, agency: Agency, sender: Any) -> Claim | None:
    form = RoleForm(request.POST, domain=agency.domain, prefix=f"role{agency.pk}")
    if not form.is_valid():
        return _claim(agency, role=form)
    proof = claims.ask(sender, ProofWay.MAIL, role=form.cleaned_data["role"])
    to = {"address": claims.address_of(proof)}
    if proving.send(proof):
        messages.success(request, _("A code is on its way to %(address)s.") % to)
    else:
        messages.warning(request, _("%(address)s takes no more mail from here today. Try another address.") % to)
    return None


def _code(request: HttpRequest, agency: Agency, _sender: Any) -> Claim | None:
    form = CodeForm(request.POST, prefix=f"code{agency.pk}")
    proof = claims.asked(agency, ProofWay.MAIL)
    if not form.is_valid():
        return _claim(agency, code=form)
    try:
        if proof is None:
            raise claims.NotNow("expired")
        claims.prove(proof, form.cleaned_data["code"])
    except claims.NotNow as wrong:
        form.refuse(wrong.why)
        return _claim(agency, code=form)
    messages.success(request, _("Proven: you speak for %(domain)s.") % {"domain": agency.domain})
    return None


def _record(request: HttpRequest, _agency: Agency, sender: Any) -> Claim | None:
    claims.ask(sender, ProofWay.DNS)
    messages.success(request, _("We look for the record within a minute, and again for two weeks."))
    return None
