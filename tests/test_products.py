"""Product categories: found by id and by words, and the sensitive ones closed unless the page opens them."""

import pytest

from pitches import products
from pitches.forms.pitch import PitchForm
from pitches.models import Event
from tests.factories import DoorFactory, PageFactory
from tests.web.test_public import answers, hand, text

pytestmark = pytest.mark.django_db


def category(typed, *, opened=(), asks=()):
    door = DoorFactory(asks=list(asks), page__sensitive=list(opened))
    return PitchForm(answers(category=typed), door=door)


def test_the_whole_catalogue_is_there():
    assert len(products.products()) == 583
    assert products.products()["1051"].path == "Cannabis › Cannabis Consumables › Cannabis Drinks"
    assert all(one.ids for one in products.SENSITIVE.values())


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("1082", "1082"),
        (1082, "1082"),
        ("computer  software", "1082"),
        ("Computer Software › Browser Extensions", "1083"),
        ("computer software > browser extensions", "1083"),
        ("Toolbars", "1087"),
        ("", ""),
    ],
)
def test_a_category_is_an_id_or_words(typed, key):
    form = category(typed)
    assert form.is_valid(), form.errors
    assert form.answers()["category"] == key


@pytest.mark.parametrize("typed", ["1", "999", "1583", "software!", "Skin Care", "\u202e1082"])
def test_what_nobody_knows_is_an_error(typed):
    form = category(typed)
    assert [error.code for error in form.errors.as_data()["category"]] == ["invalid"]


@pytest.mark.parametrize("slug", products.SENSITIVE)
def test_a_sensitive_kind_is_closed_unless_the_page_opens_it(slug):
    for key in products.SENSITIVE[slug].ids:
        refused = category(key).errors.as_data()
        assert [error.code for error in refused["category"]] == ["sensitive"], key
        assert list(refused) == ["category"]
        assert category(key, opened=[slug]).is_valid()
        assert key in products.accepted([slug])
        assert key not in products.accepted(set(products.SENSITIVE) - {slug})
    assert category("1082", opened=[]).is_valid()


def test_a_refusal_names_the_kind():
    assert category("Sports Betting").errors["category"] == ["This page does not take pitches about this: Gambling."]


# ── on the door ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("asks", "shown"), [([], 0), (["event"], 0), (["paid"], 1), (["product"], 1), (["paid", "product"], 1)]
)
def test_only_doors_about_products_show_the_choice(client, asks, shown):
    door = DoorFactory(asks=asks)
    page = client.get(f"/@{door.page.handle}/{door.slug}").content.decode()
    assert page.count("<datalist") == shown
    assert page.count('<option value="Computer Software › Browser Extensions">') == shown
    assert "Gambling" not in page
    assert page.count('name="category"') == 1


def test_what_was_typed_stands_there_again_in_words(client):
    door = DoorFactory(asks=["product"])
    assert 'value="Computer Software"' in text(hand(client, door, category="1082"))
    assert 'value="Sports Betting"' in text(hand(client, door, category="Sports Betting"))


# ── at the desk ──────────────────────────────────────────────────────────────
def test_an_owner_opens_and_closes_a_kind(client):
    page, other = PageFactory(), PageFactory()
    client.force_login(page.owner)
    assert client.get("/desk/page/products").content.decode().count('type="checkbox"') == len(products.SENSITIVE)
    assert client.post("/desk/page/products", {"sensitive": ["gambling", "alcohol"]}).status_code == 303
    page.refresh_from_db()
    assert page.sensitive == ["gambling", "alcohol"]
    assert client.get("/desk/page/products").content.decode().count(" checked") == 2
    assert client.post("/desk/page/products", {"sensitive": ["everything"]}).status_code == 422
    client.post("/desk/page/products", {})
    page.refresh_from_db()
    other.refresh_from_db()
    assert (page.sensitive, other.sensitive, Event.objects.filter(what="page_changed").count()) == ([], [], 2)
