"""One collector for all tests of the kiosk; each test has a tablet, a device and a line of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.kiosk.line import Line, open_line
from browser.kiosk.tablet import TABLET, House, Kiosk, MakeKiosk, device_of, open_house, pair
from browser.quiet import quiet
from playwright.sync_api import Browser, BrowserContext


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("kiosks")) as found:
        yield found


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    server = open_line(house.port)
    yield server.line
    server.shutdown()
    server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A tablet's browser; nothing that the app does may end in its console."""
    with quiet(browser, **TABLET) as context:
        yield context


@pytest.fixture
def kiosk(context: BrowserContext, house: House, line: Line) -> MakeKiosk:
    """Makes a tablet that asks at these touchpoints, paired and open."""

    def make(
        *points: str, place: str = "sadovaya", opened: bool = True, clock: bool | str = False, pin: str = ""
    ) -> Kiosk:
        device, key = device_of(house, points or ("checkout",), place, pin)
        made = Kiosk(device, key, context.new_page(), line, house, bool(clock))
        if clock:
            made.page.clock.install(**({"time": clock} if isinstance(clock, str) else {}))
        pair(made.page, line, device, key)
        if opened:
            made.open()
        return made

    return make
