"""What kinds of files articles come in, and what is in those that hold several."""

from .kinds import Kind, kind_of
from .members import LARGEST_ALL, LARGEST_MEMBER, MOST_MEMBERS, LeftOut, Member

__all__ = ["LARGEST_ALL", "LARGEST_MEMBER", "MOST_MEMBERS", "Kind", "LeftOut", "Member", "kind_of"]
