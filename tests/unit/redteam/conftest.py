from __future__ import annotations

from collections.abc import Iterator

import pytest

from faircut.app import Faircut
from faircut.config import Settings


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faircut]:
    """A catalogue of four invented elements: two that are described, one title, one name alone."""
    with Faircut(Settings(home=tmp_path_factory.mktemp("redteam") / "home")) as faircut:
        catalogue = faircut.catalogue
        catalogue.add_party("Lantern House", actor="tests")
        work = catalogue.add_work("The Pewter Tide", "Lantern House", actor="tests")
        catalogue.add_element(
            "character",
            "Ysolde Marrinquay",
            work=work.id,
            tagline="Tide-warden with oyster-shell armour and a lamp of bottled lightning",
            description=(
                "A broad woman with a shaved head and a tattooed blue whale across her scalp. Her armour is sewn of "
                "oyster shells, and her left hand is a brass diving bell. She carries a lamp of bottled lightning."
            ),
            keywords=[
                "oyster shell armour",
                "blue whale tattoo on scalp",
                "brass diving bell hand",
                "lamp of bottled lightning",
                "shaved head",
                "harpoon braided with kelp",
                "pearl teeth",
            ],
            actor="tests",
        )
        catalogue.add_element(
            "creature",
            "Grumblethatch",
            work=work.id,
            tagline="Walking haystack with copper kettles for eyes and a weathercock on its crown",
            description=(
                "A shaggy haystack as tall as a barn that walks on six wooden stilts. Two dented copper kettles are "
                "its eyes and steam when it is angry. A weathercock of black iron turns on its crown."
            ),
            keywords=[
                "walking haystack",
                "copper kettle eyes",
                "six wooden stilts",
                "black iron weathercock",
                "steam from the eyes",
                "scarecrow riding on its back",
            ],
            actor="tests",
        )
        catalogue.add_element("title", "Quorvalune Rising", work=work.id, actor="tests")
        catalogue.add_element("character", "Tobermane Wix", work=work.id, actor="tests")
        yield faircut
