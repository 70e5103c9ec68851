"""Which pitches read alike: one text on many pages is one cluster, many texts with the same phrases are none."""

import os
import random
from datetime import timedelta
from itertools import combinations
from types import SimpleNamespace

import pytest

from pitches import likeness, reactions, tasks
from pitches.models import Event, Page, Pitch
from portal import clock
from portal.models import User
from tests import corpus
from tests.factories import DoorFactory, PageFactory, PitchFactory, SenderFactory, UserFactory
from tests.races import race
from tests.senders import hand_in, work

LETTER = corpus.merged("a usual one", 1)
COPIES = int(os.environ.get("COPIES", "60"))  # `make bench` takes two hundred
# The same told twice with other names and numbers, in scripts with and without spaces; and something else.
TONGUES = dict(zip(("German", "Arabic", "Japanese"), corpus.TONGUES, strict=True))


def said(words):
    return "\n".join(vars(words).values())


def place(count):
    """So many pages, each with an owner and a door, in few statements."""
    owners = User.objects.bulk_create(UserFactory.build_batch(count))
    pages = Page.objects.bulk_create([PageFactory.build(owner=owner) for owner in owners])
    return type(DoorFactory.build(page=pages[0])).objects.bulk_create([DoorFactory.build(page=page) for page in pages])


def written(words, door, sender, **more):
    texts = {"line": words.line[:90], "why": words.why[:400], "detail": words.detail[:1200]}
    known = {"sender": sender, "handed_in_at": clock.now(), "state": "waiting", "lane": "first_knock"}
    return PitchFactory.build(door=door, page=door.page, **texts, **known | more)


def note(pitch):
    """What follows when its words are new."""
    likeness.note(SimpleNamespace(pitch=pitch))
    pitch.refresh_from_db()
    return pitch


def left(words=LETTER, **more):
    """A pitch on the ledge of a page of its own, compared with all others."""
    texts = {"line": words.line[:90], "why": words.why, "detail": words.detail}
    return note(PitchFactory(**{"waiting": True} | texts | more))


def clusters():
    return set(Pitch.objects.exclude(cluster=None).values_list("cluster", flat=True))


# ── the corpus ───────────────────────────────────────────────────────────────
def compared(texts):
    """Which pairs share a band, by number, with how alike they are."""
    found = [(likeness.pieces(text), set(likeness.prints_of(text))) for text in texts]
    bands = {}
    for number, (_pieces, prints) in enumerate(found):
        for band in prints:
            bands.setdefault(band, []).append(number)
    pairs = {pair for numbers in bands.values() for pair in combinations(numbers, 2)}
    return {(one, other): likeness.likeness(found[one][0], found[other][0]) for one, other in pairs}


def test_a_thousand_pitches_that_share_phrases_are_not_merged_with_each_other_or_with_a_mail_merge():
    texts = [said(corpus.unrelated(n)) for n in range(1000)]
    found = compared(texts + [said(corpus.merged("a usual one", n)) for n in range(200)])
    false = {pair: share for pair, share in found.items() if share >= likeness.ALIKE and min(pair) < 1000}
    print(f"compared: {len(found)} pairs of 719,400; falsely merged: {len(false)}")
    assert false == {}


@pytest.mark.django_db
def test_copies_on_as_many_pages_are_one_cluster():
    """Through the reaction, one after the other, in any order, among others."""
    doors, sender = place(COPIES), SenderFactory()
    rows = [(written(corpus.merged("a usual one", n), doors[n], sender), True) for n in range(COPIES)]
    rows += [(written(corpus.unrelated(n), doors[n], sender), False) for n in range(COPIES // 4)]
    random.Random(5).shuffle(rows)
    Pitch.objects.bulk_create([pitch for pitch, _merged in rows])
    for pitch, _merged in rows:
        likeness.note(SimpleNamespace(pitch=pitch))
    found = dict(Pitch.objects.values_list("pk", "cluster"))
    merged = [found[pitch.pk] for pitch, merged in rows if merged]
    print(f"in one cluster: {merged.count(merged[0])} of {COPIES}")
    assert (len(set(merged)), merged[0] is None) == (1, False)
    assert {found[pitch.pk] for pitch, merged in rows if not merged} == {None}
    newest = next(pitch for pitch, merged in reversed(rows) if merged)
    assert (likeness.also(newest), newest.flags) == (COPIES - 1, ["mass_text"])


@pytest.mark.parametrize("letter", ["a long one", "a short one"])
def test_letters_of_other_lengths_are_found_too(letter):
    texts = [said(corpus.merged(letter, n)) for n in range(40)]
    pairs = list(combinations([(likeness.pieces(text), set(likeness.prints_of(text))) for text in texts], 2))
    assert sum(likeness.likeness(one, other) >= likeness.ALIKE for (one, _), (other, _) in pairs) > 0.95 * len(pairs)
    assert sum(bool(one & other) for (_, one), (_, other) in pairs) > 0.95 * len(pairs)


# ── what is compared ─────────────────────────────────────────────────────────
@pytest.mark.parametrize("tongue", TONGUES)
def test_other_tongues_are_compared_as_well(tongue):
    one, same, other = TONGUES[tongue]
    assert likeness.alike(one, same)
    assert set(likeness.prints_of(one)) & set(likeness.prints_of(same))
    assert not likeness.alike(one, other)


def test_case_accents_digits_signs_and_invisible_letters_make_no_difference():
    plain, dressed = "Cafe numbers for you", "CAFÉ  “num\u200bbers” 1,200 fo\u00adr — you!"
    assert likeness.pieces(plain) == likeness.pieces(dressed) == {"cafe numbers", "numbers for", "for you"}


TWENTY = "a b c d e f g h i j k l m n o p q r s t u"


def test_too_short_a_text_is_alike_to_none():
    short = " ".join(TWENTY.split()[:20])
    enough = " ".join(TWENTY.split())
    assert (len(likeness.pieces(short)), likeness.prints_of(short), likeness.alike(short, short)) == (19, [], False)
    assert (len(likeness.prints_of(enough)), likeness.alike(enough, enough)) == (20, True)
    assert likeness.prints_of("") == []


def test_half_of_all_pieces_is_alike_and_less_is_not():
    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(121)]
    assert likeness.alike(" ".join(words[:81]), " ".join(words[:41]))  # 40 pieces of 80
    assert not likeness.alike(" ".join(words[:82]), " ".join(words[:41]))  # of 81


def test_prints_are_the_same_in_every_process_and_fit_into_the_table():
    prints = likeness.prints_of(TWENTY)
    assert all(-(2**63) <= band < 2**63 for band in prints)
    assert (len(prints), prints[0]) == (20, -9003704712970283840)


# ── clusters ─────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_cluster_bears_the_number_of_the_first():
    first, second = left(), left()
    first.refresh_from_db()
    assert first.cluster == second.cluster == first.pk
    assert left(corpus.unrelated(1)).cluster is None


@pytest.mark.django_db
def test_what_came_more_than_ninety_days_before_is_another_matter():
    left(handed_in_at=clock.now() - timedelta(days=91))
    assert left().cluster is None
    old = left(corpus.unrelated(1), handed_in_at=clock.now() - timedelta(days=89))
    assert left(corpus.unrelated(1)).cluster == old.pk


@pytest.mark.django_db
def test_clusters_that_meet_become_one():
    words = "\n".join(vars(corpus.unrelated(3)).values()).split()

    def part(start, end):
        return left(corpus.Words("", "", " ".join(words[start:end])))

    one, other = part(0, 60), part(40, 100)
    assert (one.cluster, other.cluster) == (None, None)
    part(4, 96)
    assert {p.cluster for p in Pitch.objects.all()} == {one.pk}


@pytest.mark.django_db
def test_whoever_changes_the_words_leaves_and_the_others_keep_together():
    first, second, third = left(), left(), left()
    first.refresh_from_db()
    for name, value in vars(corpus.unrelated(7)).items():
        setattr(first, name, value)
    first.save()
    note(first)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (first.cluster, second.cluster, third.cluster) == (None, second.pk, second.pk)
    assert left(corpus.unrelated(7)).cluster == first.pk


@pytest.mark.django_db
def test_what_is_not_proven_is_not_compared():
    assert (note(PitchFactory(detail=LETTER.detail)).prints, likeness.note(SimpleNamespace(pitch=None))) == ([], None)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_see_each_other():
    pitches = [PitchFactory(arrived=True, line="x", why="y", detail=LETTER.detail) for _ in range(4)]
    events = [
        Event.objects.create(page=p.page, pitch=p, what="arrived", queue="later", at=clock.now()) for p in pitches
    ]
    leases = {event.pk: lease(event) for event in events}
    assert race(lambda n: reactions.react(events[n].pk, leases[events[n].pk]), 4) == [True] * 4
    assert clusters() == {pitches[0].pk}
    assert Pitch.objects.filter(flags__contains=["mass_text"]).count() == 4


def lease(event):
    from portal import leases

    return leases.claim(Event.objects.filter(pk=event.pk), limit=1)[0]


# ── what the owner is told ───────────────────────────────────────────────────
@pytest.mark.django_db
def test_only_other_pages_count_and_only_what_lies_there():
    here = left()
    left(door=here.door)
    elsewhere = left()
    left(door=DoorFactory(page=elsewhere.page))
    for state in ("withdrawn", "quarantine", "unproven"):
        Pitch.objects.filter(pk=left().pk).update(state=state)
    Pitch.objects.filter(pk=left().pk).update(state="lapsed", lane="quarantine")
    here.refresh_from_db()
    assert (Pitch.objects.filter(cluster=here.pk).count(), likeness.also(here)) == (8, 1)
    late = left()
    Pitch.objects.filter(pk=late.pk).update(handed_in_at=clock.now() + timedelta(days=91))
    assert likeness.also(here) == 1


@pytest.mark.django_db
def test_many_are_counted_with_one_question(django_assert_num_queries):
    pitches = [left() for _ in range(3)] + [left(corpus.unrelated(1))]
    for pitch in pitches:
        pitch.refresh_from_db()
    with django_assert_num_queries(1):
        assert likeness.also_of(pitches) == dict.fromkeys([p.pk for p in pitches[:3]], 2)
    with django_assert_num_queries(0):
        assert likeness.also_of(pitches[3:]) == {}


@pytest.mark.django_db
def test_from_three_others_on_it_is_a_mass_mailing_for_whoever_came_first_too():
    pitches = [left() for _ in range(3)]
    assert [Pitch.objects.get(pk=p.pk).flags for p in pitches] == [[], [], []]
    pitches.append(left(flags=["urgency"]))
    assert [Pitch.objects.get(pk=p.pk).flags for p in pitches] == [["mass_text"]] * 3 + [["urgency", "mass_text"]]
    for name, value in vars(corpus.unrelated(7)).items():
        setattr(pitches[3], name, value)
    pitches[3].save()
    assert note(pitches[3]).flags == ["urgency"]


@pytest.mark.django_db
def test_the_real_reactions_do_it_and_a_change_screens_again():
    words = vars(LETTER) | {"line": LETTER.line[:90]}
    pitches = [hand_in(DoorFactory(), **words) for _ in range(4)]
    work()
    assert {p.cluster for p in Pitch.objects.all()} == {pitches[0].pk}
    assert {tuple(p.flags) for p in Pitch.objects.all()} == {("mass_text",)}
    for reaction in reactions.AFTER["changed"]:
        reaction(Event(page=pitches[1].page, pitch=Pitch.objects.get(pk=pitches[1].pk), what="changed"))
    assert Pitch.objects.get(pk=pitches[1].pk).flags == ["mass_text"]


@pytest.mark.django_db
def test_old_prints_are_forgotten():
    left(), left(handed_in_at=clock.now() - timedelta(days=91))
    assert (tasks.tidy(), [bool(p.prints) for p in Pitch.objects.order_by("pk")]) == (1, [True, False])
