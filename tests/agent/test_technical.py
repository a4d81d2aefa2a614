"""Technical notes of a prompt: they are no things, and their numbers count nothing."""

import pytest

from flowzero.agent.promises import Count
from flowzero.agent.reading import read
from flowzero.agent.technical import without_notes


@pytest.mark.parametrize(
    "note",
    [
        "35 mm", "35mm film", "shot on 50 mm", "shot with a 85mm lens", "100mm macro", "24 fps", "60 frames per second", "4k",
        "8K UHD", "1080p", "f/1.8", "ISO 400", "16:9", "2.39:1", "3D", "in the 1980s", "'90s", "from the late 1960s",
        "anime style", "in the style of Studio Ghibli", "Pixar style", "watercolor", "film grain", "shallow depth of field",
        "drone shot", "in slow motion", "stop motion", "muted colors and soft light", "hyperrealistic", "noir", "low poly",
        "dreamy, nostalgic", "trending on artstation", "highly detailed", "octane render",
    ],
)  # fmt: skip
def test_a_note_says_nothing_of_things(note: str) -> None:
    plain = read("two goats walk to the left")
    for prompt in (f"two goats walk to the left, {note}", f"two goats walk to the left. {note}, moody."):
        noted = read(prompt)
        assert [thing.phrase for thing in noted.things] == ["a goat"]
        assert [p for p in noted.promises if p.kind != "scenery"] == [p for p in plain.promises if p.kind != "scenery"]
        assert not noted.unread


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("a hundred-year-old oak in a meadow", {"oak": 1}),
        ("a 10 year old boy walks to the left", {"boy": 1}),
        ("two three-year-old girls wave", {"girl": 2}),
        ("a 3D cat jumps", {"cat": 1}),
        ("a 1950s car drives to the left", {"car": 1}),
        ("12 geese, 4k", {"goose": 12}),
        ("a clock and 20 birds", {"clock": 1, "bird": 20}),
        ("3 dogs in a 30s clip", {"dog": 3}),
        ("panel 4: 3 dogs run to the left", {"dog": 3}),
    ],
)
def test_only_things_are_counted(prompt: str, counts: dict[str, int]) -> None:
    found = {p.noun: p.n for p in read(prompt).promises if isinstance(p, Count)}
    assert found == counts


def test_words_of_style_stay_where_they_are_told_of_things():
    assert [thing.phrase for thing in read("a moody goat walks past a vintage lamp").things] == [
        "a moody goat",
        "a vintage lamp",
    ]
    assert read("a fox at the golden hour").setting == read("a fox at sunset").setting


def test_a_text_of_notes_alone_is_unread_and_counts_nothing():
    noted = read("35 mm, 4k, cinematic")
    assert (noted.things, noted.promises, noted.unread) == ((), (), ("35 mm, 4k, cinematic",))
    assert without_notes("a fox, 4k") == "a fox,  "
