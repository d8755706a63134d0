"""What each kind of program offers, reckoned from its terms."""

from __future__ import annotations

from otklik_site import offers_of_belonging, offers_of_points, offers_of_purchases
from otklik_site.program_offer import Offer
from otklik_site.program_speech import Speaker

OFFERS = {**offers_of_purchases.OFFERS, **offers_of_points.OFFERS, **offers_of_belonging.OFFERS}


def offer(speaker: Speaker) -> Offer:
    """What the program offers; an empty offer for kinds whose page design reckons by points alone."""
    made = OFFERS.get(speaker.program.kind)
    return made(speaker) if made else Offer()
