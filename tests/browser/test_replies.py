"""Ready words by keys in a session, and the preview that follows the typing."""

from typing import Any

from pitches.models import Answer, Reply
from tests.browser.test_owner_journey import sign_in
from tests.factories import DoorFactory, PageFactory, PitchFactory


def test_a_yes_is_one_key_and_a_yes_with_words_two(hand: Any) -> None:
    page = PageFactory()
    PitchFactory.create_batch(3, waiting=True, door=DoorFactory(page=page))
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/inbox")
    person.page.keyboard.press("s")
    for number, keys in enumerate(("y", "e2", "ee"), start=1):
        person.page.get_by_text(f"{number} of 3").first.wait_for()
        person.page.wait_for_load_state()  # its keys are there
        for key in keys:
            person.page.keyboard.press(key)
    own = person.page.locator("#yes_own")
    assert own.evaluate("field => field === document.activeElement")
    person.page.keyboard.type("Lovely, see you in May.")
    person.page.keyboard.press("Enter")
    person.page.get_by_role("heading", name="The ledge is clear").wait_for()
    said = [(answer.text, answer.label) for answer in Answer.objects.order_by("pk")]
    assert said == [("", ""), ("", "I will write about it"), ("Lovely, see you in May.", "")]


def test_the_preview_follows_the_typing_and_keeps_nothing(hand: Any) -> None:
    page = PageFactory()
    DoorFactory(page=page)
    person = hand("desktop", cookies=sign_in(page))
    person.open("/desk/replies/covered")
    person.page.get_by_label("What they read").fill("Thank you, {name}. Done that.")
    person.page.get_by_text("Thank you, Elif Kaya. Done that.").first.wait_for()
    assert not Reply.objects.exists()
    assert person.strangers == []
