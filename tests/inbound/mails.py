"""Raw mails as they come: what people, machines and cheats send. Each with where it ends.

`{reply}`, `{page}`, `{old}`, `{back}`, `{forward}` are addresses of ours, `{id}` is the Message-ID of the mail before.
"""

from dataclasses import dataclass

from pitches.models import LetterEnd as End

MB = 1024 * 1024


@dataclass(frozen=True)
class Mail:
    """One of them. `to`: the envelope; `envelope`: the sender there, None where nobody knows."""

    name: str
    end: End
    raw: bytes
    to: str = "{reply}"
    envelope: str | None = None
    says: str = ""

    def filled(self, names: dict[str, str]) -> tuple[bytes, str]:
        """The mail and to whom it goes, with real addresses."""
        raw, to = self.raw, self.to
        for name, value in names.items():
            raw, to = raw.replace(f"{{{name}}}".encode(), value.encode()), to.replace(f"{{{name}}}", value)
        return raw, to


def _lines(text: str, charset: str = "utf-8") -> bytes:
    """With the line ends of the wire."""
    return text.strip("\n").replace("\n", "\r\n").encode(charset) + b"\r\n"


def _from_elif(more: str, to: str = "{reply}", charset: str = "utf-8") -> bytes:
    head = (
        f"From: Elif Kaya <elif@mosaic.example>\nTo: Maya Lind via Halfdoor <{to}>\nMessage-ID: <one@mosaic.example>\n"
    )
    return _lines(f"{head}Subject: Re: Maya asks\nIn-Reply-To: {{id}}\n{more}", charset)


GMAIL = _from_elif("""References: {id}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="000000000000a1"

--000000000000a1
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

It costs them nothing =E2=80=93 we checked.

On Tue, 12 May 2026 at 09:14, Maya Lind via Halfdoor <
post@halfdoor.example> wrote:

> Maya would like to know one thing before deciding.

--000000000000a1
Content-Type: text/html; charset="UTF-8"

<div dir="ltr">It costs them nothing – we checked.</div><br><div class="gmail_quote">On Tue</div>

--000000000000a1--
""")
OUTLOOK = _from_elif(
    """Thread-Topic: Maya asks
Content-Type: text/plain; charset="Windows-1252"
Content-Transfer-Encoding: quoted-printable
X-MS-Has-Attach:

It costs =80 200, that=92s all.

________________________________
From: Maya Lind via Halfdoor <post@halfdoor.example>
Sent: Tuesday, May 12, 2026 9:14 AM
To: Elif Kaya
Subject: Maya asks

Maya would like to know one thing.
"""
)
APPLE = _from_elif("""X-Mailer: Apple Mail (2.3731)
Content-Type: text/plain; charset=us-ascii; format=flowed; delsp=yes

Nothing at all.

> On 12. May 2026, at 09:14, Maya Lind via Halfdoor <post@halfdoor.example> wrote:
>
> Maya would like to know one thing before deciding.
""")
GERMAN = _from_elif("""Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Das kostet nichts, schöne Grüße

Am Di., 12. Mai 2026 um 09:14 Uhr schrieb Maya Lind via Halfdoor <post@halfdoor.example>:

> Maya möchte eines wissen.
""")
FRENCH = _from_elif(
    """Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

Ça ne coûte rien, à bientôt

Le mar. 12 mai 2026 à 09:14, Maya Lind via Halfdoor <post@halfdoor.example> a écrit :
> Maya voudrait savoir une chose.
""",
    charset="iso-8859-1",
)
HTML = _from_elif("""Content-Type: text/html; charset=utf-8

<html><head><title>no</title><style>p {color: red}</style></head><body><p>Nothing &amp; never.<br>Really</p>
<script>alert(1)</script><blockquote type="cite"><p>Maya asks</p></blockquote></body></html>
""")
FILES = _from_elif("""Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See the table.
--b
Content-Type: application/pdf; name="costs.pdf"
Content-Disposition: attachment; filename="costs.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--b--
""")
COLD = _lines("""
From: Jonas Weber <jonas@northbeam.example>
To: {page}
Subject: Story idea: the quietest offices of Europe
Message-ID: <cold@northbeam.example>

Hi Maya, we measured 400 offices. Would your readers care?
""")
FORWARDED = """
From: Maya Lind <{owner}>
To: {forward}
Subject: Fwd: Story idea
Message-ID: <fwd@lind.example>
"""
INLINE = _lines(f"""{FORWARDED}
---------- Forwarded message ---------
From: Jonas Weber <jonas@northbeam.example>
Date: Tue, 12 May 2026 at 09:14
Subject: Story idea
To: <maya@lind.example>

Hi Maya, we measured 400 offices.
""")
ATTACHED = _lines(f"""{FORWARDED.rstrip()}
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

From: Jonas Weber <jonas@northbeam.example>
Subject: Story idea

Hi Maya, we measured 400 offices.
--b--
""")

GOOD = (
    Mail("gmail", End.REPLIED, GMAIL, says="It costs them nothing – we checked."),
    Mail("outlook", End.REPLIED, OUTLOOK, says="It costs € 200, that’s all."),
    Mail("apple", End.REPLIED, APPLE, says="Nothing at all."),
    Mail("german", End.REPLIED, GERMAN, says="schöne Grüße"),
    Mail("french", End.REPLIED, FRENCH, says="Ça ne coûte rien, à bientôt"),
    Mail("html only", End.REPLIED, HTML, says="Nothing & never.\nReally"),
    Mail("with a file", End.REPLIED, FILES, says="See the table."),
    Mail(
        "with a large file", End.REPLIED, FILES.replace(b"JVBERi0=", b"JVBERi0x\r\n" * 300_000), says="See the table."
    ),
    Mail("capitals on the way", End.REPLIED, APPLE, to="{REPLY}", says="Nothing at all."),
    Mail("says no machine", End.REPLIED, _from_elif("Auto-Submitted: no\n\nNothing."), says="Nothing."),
    Mail(
        "the wrong charset", End.REPLIED, _from_elif("Content-Type: text/plain; charset=ascii\n\nGrüße"), says="Grüße"
    ),
    Mail("no such charset", End.REPLIED, _from_elif("Content-Type: text/plain; charset=x-moon\n\nGrüße"), says="Grüße"),
    Mail(
        "a charset that is none",
        End.REPLIED,
        _from_elif("Content-Type: text/plain; charset=base64\n\nWell"),
        says="Well",
    ),
    Mail("raw bytes in headers", End.REPLIED, GMAIL.replace(b"Elif Kaya", b"\xc9lif \xff\xfe"), says="nothing"),
    Mail("only carriage returns", End.REPLIED, APPLE.replace(b"\r\n", b"\r"), says="Nothing at all."),
    Mail("nul bytes", End.REPLIED, APPLE.replace(b"at all", b"\0at\0 all"), says="Nothing at all."),
    Mail("broken base64", End.REPLIED, _from_elif("Content-Transfer-Encoding: base64\n\nTm90aGluZw"), says="Nothing"),
    Mail("no end of the parts", End.REPLIED, GMAIL.rpartition(b"--0000")[0], says="nothing"),
    Mail("two recipients", End.REPLIED, APPLE.replace(b"To: ", b"To: a@b.example\r\nTo: ", 1), says="Nothing"),
    Mail(
        "an address in the name",
        End.REPLIED,
        APPLE.replace(b"Elif Kaya <", b"=?utf-8?q?boss=40other.example=2C?= <"),
        says="Nothing",
    ),
    Mail("a cold mail", End.DRAFTED, COLD, to="{page}", says="we measured 400 offices"),
    Mail("to an old handle", End.DRAFTED, COLD, to="{old}", says="we measured 400 offices"),
    Mail("forwarded", End.FORWARDED, INLINE, to="{forward}", says="From: Jonas Weber"),
    Mail("forwarded as a file", End.FORWARDED, ATTACHED, to="{forward}"),
)

# ── machines ─────────────────────────────────────────────────────────────────
AWAY = "\n\nI am away until Monday, and read nothing."
AUTOMATIC = (
    Mail("vacation", End.AUTOMATIC, _from_elif(f"Auto-Submitted: auto-replied (vacation){AWAY}")),
    Mail("vacation of Exchange", End.AUTOMATIC, _from_elif(f"X-Auto-Response-Suppress: All{AWAY}")),
    Mail("old vacation", End.AUTOMATIC, _from_elif(f"Precedence: Bulk{AWAY}")),
    Mail("vacation from nobody", End.AUTOMATIC, _from_elif(AWAY), to="{back}", envelope=""),
    Mail("vacation to the envelope", End.AUTOMATIC, _from_elif(f"X-Autoreply: yes{AWAY}"), to="{back}"),
    Mail("says no and yes", End.AUTOMATIC, _from_elif(f"Auto-Submitted: no\nAuto-Submitted: auto-notified{AWAY}")),
    Mail("a list", End.AUTOMATIC, COLD.replace(b"To:", b"List-Id: <pr.northbeam.example>\r\nTo:"), to="{page}"),
    Mail(
        "a newsletter",
        End.AUTOMATIC,
        COLD.replace(b"To:", b"List-Unsubscribe: <https://a.example>\r\nTo:"),
        to="{page}",
    ),
    Mail("tickets", End.AUTOMATIC, COLD.replace(b"jonas@", b"no-reply+77@"), to="{page}"),
    Mail("a mail of ours", End.AUTOMATIC, COLD.replace(b"<cold@northbeam.example>", b"{id}"), to="{page}"),
    Mail("says it is ours", End.AUTOMATIC, COLD.replace(b"jonas@northbeam.example", b"{page}"), to="{page}"),
)

# ── what came back ───────────────────────────────────────────────────────────
POSTFIX = _lines("""
Return-Path: <>
From: MAILER-DAEMON@mail.halfdoor.example (Mail Delivery System)
To: {back}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <dsn@mail.halfdoor.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="9B.1"

--9B.1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9B.1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.halfdoor.example
Arrival-Date: Tue, 12 May 2026 09:14:00 +0000 (UTC)

Final-Recipient: rfc822; elif@mosaic.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <elif@mosaic.example>: Recipient address rejected: User unknown

--9B.1
Content-Type: message/rfc822

From: Halfdoor <post@halfdoor.example>
To: elif@mosaic.example
Message-ID: {id}

Your pitch is on the ledge.
--9B.1--
""")
EXCHANGE = (
    POSTFIX.replace(
        b"MAILER-DAEMON@mail.halfdoor.example", b"MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example"
    )
    .replace(b"550 5.1.1", b"550 5.1.10 RESOLVER.ADR.RecipientNotFound;")
    .replace(b"Status: 5.1.1", b"Status: 5.1.10")
)
GOOGLE = (
    POSTFIX.replace(b"MAILER-DAEMON@mail.halfdoor.example", b"mailer-daemon@googlemail.com")
    .replace(b"550 5.1.1 ", b"552-5.2.2 ")
    .replace(b"Status: 5.1.1", b"Status: 5.2.2")
)
DELAYED = POSTFIX.replace(b"Action: failed", b"Action: delayed").replace(b"Status: 5.1.1", b"Status: 4.4.1")
EXPIRED = POSTFIX.replace(b"Status: 5.1.1", b"Status: 4.4.7").replace(b"550 5.1.1", b"451 4.4.7")
QMAIL = _lines("""
From: MAILER-DAEMON@mosaic.example
To: {back}
Subject: failure notice

Hi. This is the qmail-send program at mosaic.example.

<elif@mosaic.example>:
Sorry, no mailbox here by that name. (#5.1.1)
""")
PLAIN = _lines("""
From: Postmaster <postmaster@mosaic.example>
To: {back}
Subject: Unzustellbar

Ihre Nachricht konnte nicht zugestellt werden. Server 5.1.1.7 antwortet nicht.
""")
RETURNED = (
    Mail("postfix", End.RETURNED, POSTFIX, to="{back}", envelope=""),
    Mail("exchange", End.RETURNED, EXCHANGE, to="{back}", envelope=""),
    Mail("a full mailbox", End.RETURNED, GOOGLE, to="{back}", envelope=""),
    Mail("delayed", End.RETURNED, DELAYED, to="{back}", envelope=""),
    Mail("given up", End.RETURNED, EXPIRED, to="{back}", envelope=""),
    Mail("qmail", End.RETURNED, QMAIL, to="{back}", envelope=""),
    Mail("in its own words", End.RETURNED, PLAIN, to="{back}", envelope=""),
)

# ── cheats and ruins ─────────────────────────────────────────────────────────
NEST = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(200))
RUINS = (
    Mail("a report that nobody asked for", End.AUTOMATIC, POSTFIX, to="{page}"),
    Mail("a person at the envelope", End.NOBODY, APPLE, to="{back}"),
    Mail("a forged address", End.NOBODY, APPLE, to="{forged}"),
    Mail("no such handle", End.NOBODY, COLD, to="nobody-at-all@{domain}"),
    Mail("to elsewhere", End.NOBODY, COLD, to="maya@elsewhere.example"),
    Mail("no headers", End.NOT_THEIRS, b"Just words.\r\n\r\nAnd more of them.", to="{page}"),
    Mail("two that wrote it", End.NOT_THEIRS, APPLE.replace(b"From:", b"From: eve@x.example\r\nFrom:", 1)),
    Mail("one line for two", End.NOT_THEIRS, APPLE.replace(b"From: ", b"From: eve@x.example, ", 1)),
    Mail(
        "a tail behind the address",
        End.NOT_THEIRS,
        APPLE.replace(b"mosaic.example>", b"mosaic.example> eve@x.example", 1),
    ),
    Mail("no words", End.EMPTY, _from_elif("\n  \n")),
    Mail("no bytes", End.EMPTY, b""),
    Mail("huge", End.UNREADABLE, APPLE + b"x" * 25 * MB),
    Mail("two hundred levels", End.UNREADABLE, _from_elif("").rstrip() + b"\r\n" + NEST + b"hello"),
)
ALL = (*GOOD, *AUTOMATIC, *RETURNED, *RUINS)
