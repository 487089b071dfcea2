"""What the engine has read of each open document, and what it is to read next."""

from __future__ import annotations

from collections import OrderedDict

from cornerman.context.site import completion_site
from cornerman.core.budget import ReadingSpeed
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.site import CompletionSite
from cornerman.features.room import document_budget
from cornerman.prompting.region import Region
from cornerman.prompting.window import Window
from cornerman.settings import Settings

_DOCUMENTS = 32


class Reading:
    """The region of each document that was asked about last; prompts stay in it.

    Mutable: what a prompt shows depends on the places asked about before, and on nothing else
    but the document and the speed of reading.
    """

    def __init__(self) -> None:
        self._regions: OrderedDict[str, Region] = OrderedDict()

    def window(self, site: CompletionSite, settings: Settings, speed: ReadingSpeed) -> Window:
        """What to show of the document. A cursor that comes from elsewhere begins a region."""
        region = self._known(site)
        if region is None:
            region = self._new(site, settings, speed)
        self.keep(site.snapshot.uri, region)
        return region.window(site)

    def glance(self, site: CompletionSite, settings: Settings, speed: ReadingSpeed) -> Window:
        """What to show of a document that may never be: nothing is remembered."""
        region = self._known(site) or self._new(site, settings, speed)
        return region.window(site)

    def more(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings, speed: ReadingSpeed
    ) -> Region | None:
        """The region to read while the user rests: a new one, or a larger one; None if neither.

        It is to be kept once it has been read.
        """
        site = completion_site(snapshot, offset)
        known = self._known(site)
        if known is None:
            return self._new(site, settings, speed)
        budget = document_budget(settings, speed, settings.completion.latency_budget_ms.typing)
        if budget.tokens <= known.budget.tokens:
            return None
        larger = Region.around(site, budget, _lines(settings))
        is_all_shown = larger.start >= known.start and larger.suffix == known.suffix
        return None if is_all_shown else larger

    def keep(self, uri: str, region: Region) -> None:
        """From now on prompts for that document stay in ``region``."""
        self._regions[uri] = region
        self._regions.move_to_end(uri)
        while len(self._regions) > _DOCUMENTS:
            self._regions.popitem(last=False)

    def _known(self, site: CompletionSite) -> Region | None:
        region = self._regions.get(site.snapshot.uri)
        return region.at(site) if region is not None else None

    def _new(self, site: CompletionSite, settings: Settings, speed: ReadingSpeed) -> Region:
        milliseconds = settings.completion.latency_budget_ms.new_region
        return Region.around(site, document_budget(settings, speed, milliseconds), _lines(settings))


def _lines(settings: Settings) -> tuple[int, int]:
    return settings.completion.prefix_lines, settings.completion.suffix_lines
