"""The editors' desk: is it theirs, and is it what they said?"""
