"""Property tests have no time limit per example: the first one loads dictionaries, and machines may be busy."""

from hypothesis import settings

settings.register_profile("genjin", deadline=None)
settings.load_profile("genjin")
