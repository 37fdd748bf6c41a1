"""A change before it is merged: may they, is it sound, what will callers see. Handed everything; decides, in words."""

from keymock.review.verdict import Deed, Judged, Need, Verdict

__all__ = ["Deed", "Judged", "Need", "Verdict"]
