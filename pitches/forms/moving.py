"""What a sender fills in when a pitch moves to the right door: only if that asks for more."""

from pitches.forms.changing import ChangeForm
from pitches.models import Door, Pitch


class MoveForm(ChangeForm):
    """The form of the right door around a pitch that came to the wrong one."""

    def _keep_what_it_asked(self, pitch: Pitch) -> None:
        """Another door takes what it takes."""

    @classmethod
    def as_it_is(cls, pitch: Pitch, door: Door) -> "MoveForm":
        """The form sent with nothing but what the pitch says already. If it is valid, nothing is missing."""
        empty = cls(pitch=pitch, door=door)
        said = {name: value for name, value in empty.initial.items() if value is not None and name in empty.fields}
        return cls(said, pitch=pitch, door=door)
