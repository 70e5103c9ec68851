"""A form that was not taken, as a verdict."""

from pitches.forms.pitch import PitchForm


def why_not(form: PitchForm) -> str:
    """A sensitive product and nothing else, or answers that are missing or wrong. Of a bound form with errors."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return "sensitive" if codes == {"sensitive"} else "incomplete"


def errors_of(form: PitchForm) -> dict[str, list[str]]:
    """What is wrong, in words, by the names of the fields; those of groups as `paid.min`."""
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}
