"""The product's addresses, one list for each audience."""

from django.urls import include, path, register_converter

from pitches.web import (
    again,
    agencies,
    agency,
    changing,
    desk,
    desk_hours,
    doors,
    drafts,
    emblems,
    feeds,
    files,
    find,
    follow_ups,
    invitation,
    keys,
    leaving,
    mine,
    mine_domains,
    mine_doors,
    mine_record,
    moving,
    not_me,
    outgoing,
    page,
    plain,
    policy,
    portraits,
    public,
    reading,
    rules,
    sealed,
    sensitive,
    share,
    stop,
    trying,
    watch,
    welcome,
)


class Handle:
    """A short address: small letters, digits, hyphens. Capitals are accepted and redirected."""

    regex = r"[A-Za-z0-9-]{1,30}"

    def to_python(self, value: str) -> str:
        """As typed."""
        return value

    def to_url(self, value: str) -> str:
        """As stored."""
        return value


register_converter(Handle, "handle")

public_urls = [
    path("@<handle:handle>", public.page, name="page"),
    path("@<handle:handle>.txt", plain.text, name="text"),
    path("@<handle:handle>/badge.svg", emblems.badge, name="badge"),
    path("@<handle:handle>/qr.svg", emblems.qr_svg, name="qr"),
    path("@<handle:handle>/qr.png", emblems.qr_png, name="qr_png"),
    path("@<handle:handle>/card.png", emblems.share_card, name="card"),
    path("r/<slug:token>", share.follow, name="reply_link"),
    path("@<handle:handle>/portrait-<slug:digest>.webp", portraits.portrait, name="portrait"),
    path("@<handle:handle>/doors.atom", feeds.atom, name="atom"),
    path("@<handle:handle>/doors.ics", feeds.ics, name="ics"),
    path("@<handle:handle>/doors.json", policy.policy, name="json"),
    path("@<handle:handle>/<slug:slug>", public.door, name="door"),
    path("@<handle:handle>/<slug:slug>/pitch", public.pitch, name="pitch"),
    path("@<handle:handle>/<slug:slug>/try", trying.ask, name="try"),
    path("@<handle:handle>/<slug:slug>/dry-run", trying.dry_run, name="dry_run"),
    path("@<handle:handle>/<slug:slug>/draft", drafts.keep, name="keep_draft"),
    path("@<handle:handle>/<slug:slug>/who", invitation.introduce, name="introduce"),
    path("who/<slug:token>", invitation.who, name="who"),
    path("key/<slug:token>", invitation.key, name="key"),
    path("@<handle:handle>/<slug:slug>/watch", watch.watch, name="watch"),
    path("watch/confirm/<slug:token>", watch.confirm, name="watch_confirm"),
    path("watch/stop/<slug:token>", watch.stop, name="watch_stop"),
    path("not-me/<slug:token>", not_me.not_me, name="not_me"),
]
agency_urls = [
    path("d/<slug:token>", agency.draft, name="draft"),
    path("d/<slug:token>/check", agency.check, name="check"),
    path("d/<slug:token>/code", agency.send_code, name="send_code"),
    path("find", find.find, name="find"),
    path("find/<slug:token>", find.found, name="found"),
    path("p/<slug:token>", agency.status, name="status"),
    path("p/<slug:token>/edit", changing.edit, name="edit"),
    path("p/<slug:token>/follow-up", changing.follow_up, name="follow_up"),
    path("p/<slug:token>/note", changing.note, name="note"),
    path("p/<slug:token>/move", moving.move, name="move"),
    path("p/<slug:token>/again", again.again, name="again"),
    path("p/<slug:token>/reply", agency.reply, name="reply"),
    path("p/<slug:token>/nudge", agency.nudge, name="nudge"),
    path("p/<slug:token>/withdraw", agency.withdraw, name="withdraw"),
    path("p/<slug:token>/files", files.add, name="files"),
    path("p/<slug:token>/files/<slug:key>", files.file, name="file"),
    path("p/<slug:token>/files/<slug:key>/remove", files.remove, name="file_remove"),
    path("p/<slug:token>/put-back", agency.put_back, name="put_back"),
]
desk_urls = [
    path("desk", desk.home, name="home"),
    path("desk/inbox", desk.inbox, name="inbox"),
    path("desk/pitch/<slug:code>", desk.pitch, name="pitch"),
    path("desk/pitch/<slug:code>/answer", desk.answer, name="answer"),
    path("desk/pitch/<slug:code>/files/<slug:key>", files.desk_file, name="file"),
    path("desk/pitch/<slug:code>/link", leaving.link, name="link"),
    path("desk/pitch/<slug:code>/unseal", sealed.unseal, name="unseal"),
    path("desk/pitch/<slug:code>/restore", desk.restore, name="restore"),
    path("desk/pitch/<slug:code>/standing", desk.standing, name="standing"),
    path("desk/session", reading.session, name="session"),
    path("desk/session/start", reading.start, name="start"),
    path("desk/session/<int:pk>/answer/<slug:code>", reading.answer, name="session_answer"),
    path("desk/session/<int:pk>/undo", reading.undo, name="session_undo"),
    path("desk/session/<int:pk>/end", reading.end, name="session_end"),
    path("desk/shortcuts", reading.shortcuts, name="shortcuts"),
    path("desk/outgoing", outgoing.outgoing, name="outgoing"),
    path("desk/outgoing/<int:pk>/undo", outgoing.undo, name="outgoing_undo"),
    path("desk/outgoing/<int:pk>/send", outgoing.send, name="outgoing_send"),
    path("desk/doors", doors.street, name="doors"),
    path("desk/doors/new", doors.new, name="door_new"),
    path("desk/doors/order", doors.order, name="doors_order"),
    path("desk/doors/<slug:slug>", doors.edit, name="door_edit"),
    path("desk/doors/<slug:slug>/state", doors.state, name="door_state"),
    path("desk/doors/<slug:slug>/move", doors.move, name="door_move"),
    path("desk/doors/<slug:slug>/down", doors.down, name="door_down"),
    path("desk/topics", doors.topics, name="topics"),
    path("desk/doors/<slug:slug>/keys", keys.keys, name="keys"),
    path("desk/keys/<int:pk>/withdraw", keys.withdraw, name="key_withdraw"),
    path("desk/follow-ups", follow_ups.follow_ups, name="follow_ups"),
    path("desk/follow-ups/<int:pk>/done", follow_ups.done, name="follow_up_done"),
    path("desk/page", page.page_edit, name="page_edit"),
    path("desk/page/preview", page.preview, name="page_preview"),
    path("desk/page/products", sensitive.sensitive, name="sensitive"),
    path("desk/page/portrait", page.portrait, name="page_portrait"),
    path("desk/page/handle", page.move, name="handle"),
    path("desk/page/hide", page.hide, name="hide"),
    path("desk/hours", desk_hours.hours, name="hours"),
    path("desk/rules", rules.rules, name="rules"),
    path("desk/rules/exceptions", rules.rule_new, name="rule_new"),
    path("desk/rules/exceptions/<int:pk>/remove", rules.rule_remove, name="rule_remove"),
    path("desk/share", share.share, name="share"),
    path("desk/share/reply", share.deflect, name="deflect"),
    path("desk/share/reply/<int:pk>", share.reply_link, name="reply_link"),
    path("desk/agencies/<int:pk>", agencies.agency, name="agency"),
]
mine_urls = [
    path("agency", mine.home, name="home"),
    path("agency/pitches/<slug:code>", mine.pitch, name="pitch"),
    path("agency/doors", mine_doors.doors, name="doors"),
    path("agency/people", mine_doors.people, name="people"),
    path("agency/domains", mine_domains.domains, name="domains"),
    path("agency/record", mine_record.record, name="record"),
]
urlpatterns = [
    path("", public.home, name="home"),
    path("welcome", welcome.welcome, name="welcome"),
    path("welcome/preview", welcome.preview, name="welcome_preview"),
    path("welcome/handle", welcome.handle, name="welcome_handle"),
    path("stop/<str:token>", stop.stop_digest, name="stop_digest"),
    path("", include((public_urls, "public"))),
    path("", include((agency_urls, "agency"))),
    path("", include((mine_urls, "mine"))),
    path("", include((desk_urls, "desk"))),
    path("<handle:handle>", public.to_page, name="to_page"),
]
