"""The words that reading knows by heart. Every other word is taken for a noun or an adjective by its place in the sentence.

Pure data and lookups: no grammar here.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


def words(text: str) -> frozenset[str]:
    """The words of a list that is written as a line."""
    return frozenset(text.split())


DETERMINERS = words(
    "a an the no this that these those some any several many few multiple various numerous countless my your our each "
    "every another other"
)
POSSESSIVES = words("his her its their")
NUMBERS = {
    word: number
    for number, words in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
    for word in [words]
}
NUMBERS |= {"hundred": 100, "single": 1, "lone": 1, "solitary": 1, "both": 2, "twin": 2, "dozen": 12}
VAGUE = {"several": 3, "many": 5, "few": 3, "multiple": 3, "various": 3, "numerous": 5, "countless": 8, "some": 3}
"""How many to draw where the prompt leaves the number open."""

GROUPS = {
    "pair": 2, "couple": 2, "duo": 2, "trio": 3, "quartet": 4, "dozen": 12,
    "group": 0, "flock": 0, "herd": 0, "swarm": 0, "school": 0, "pack": 0, "bunch": 0, "handful": 0, "crowd": 0, "number": 0,
    "row": 0, "queue": 0, "set": 0, "collection": 0, "cluster": 0, "fleet": 0, "line": 0, "bevy": 0, "gaggle": 0, "litter": 0,
    "lot": 0, "lots": 0, "caravan": 0, "convoy": 0, "parade": 0, "procession": 0, "colony": 0, "squad": 0, "pride": 0,
    "quintet": 5, "sextet": 6, "family": 0, "shoal": 0, "brood": 0, "throng": 0, "gang": 0, "troop": 0, "horde": 0, "plenty": 0,
    "skein": 0, "mob": 0, "stampede": 0, "drove": 0, "flotilla": 0,
    "dozens": 0, "hundreds": 0, "thousands": 0, "millions": 0, "tons": 0, "loads": 0, "heaps": 0, "masses": 0, "oodles": 0,
}  # fmt: skip
"""'a pair of' and the like; 0 is an open number."""
PLENTY = words("lots plenty dozens hundreds thousands millions tons loads heaps masses oodles")
"""Those of them that have no article."""

COMPARATIVES = words(
    "bigger larger taller wider higher smaller shorter tinier faster quicker slower longer nearer closer farther "
    "further lighter darker brighter"
)
STYLE = words(
    "cinematic realistic photorealistic highly detailed ultra hd uhd quality masterpiece style lighting bokeh lively "
    "hyperrealistic 4k 8k "
    "1080p 720p 3d 2d stylized stylised aesthetic footage beautifully stunning epic very high-quality high resolution "
    "sharp crisp"
)
NOBODY = words("nothing nobody none no-one")
COLOURS = words(
    "red orange yellow green blue purple pink brown black white gray grey golden gold silver violet turquoise teal cyan "
    "magenta "
    "beige crimson scarlet navy maroon olive lime indigo lavender tan cream ivory amber coral bronze copper emerald ruby "
    "multicolored multicoloured colorful colourful rainbow transparent blonde ginger"
)
SHADES = words("light dark bright pale deep vivid neon pastel")
LARGE = words("big large huge giant gigantic enormous massive oversized great tall colossal immense")
SMALL = words("small little tiny mini miniature minuscule short wee")
STILL_WORDS = words(
    "parked sleeping sitting standing still stationary motionless unmoving resting static lying seated immobile frozen dozing "
    "perched idle anchored moored docked waiting napping snoozing abandoned asleep"
)
UNMOVING = words("still stationary motionless unmoving static immobile idle waiting standing")
"""Those of them that a picture does not show."""
HASTY = words("fast quick quickly rapidly swiftly swift rapid speedily speedy hastily briskly hurriedly racing speeding")
SLOW = words("slow slowly leisurely gently gradually lazily sluggishly")
ADJECTIVES = (
    COLOURS
    | SHADES
    | LARGE
    | SMALL
    | HASTY
    | SLOW
    | STILL_WORDS
    | words(
        "old young new ancient modern vintage antique wooden metal metallic plastic glass stone rubber steel iron paper "
        "woolen leather "
        "striped spotted dotted checkered patterned plain shiny glossy matte fluffy furry hairy fuzzy smooth rough soft "
        "hard round square "
        "triangular oval flat long thin thick wide narrow fat slim chubby skinny cute pretty beautiful lovely ugly "
        "elegant majestic graceful "
        "happy sad angry playful lively energetic calm peaceful quiet loud noisy friendly scary spooky funny silly "
        "curious shy brave proud "
        "wild tame stray domestic fresh ripe rotten juicy sweet hot cold warm cool frosty snowy icy wet dry dirty clean "
        "dusty muddy rusty "
        "broken empty full open closed heavy lightweight sunny cloudy rainy stormy windy foggy misty starry moonlit "
        "sunlit bustling busy "
        "crowded deserted lonely remote tropical urban rural grassy rocky sandy leafy green lush barren magical "
        "enchanted futuristic medieval "
        "cartoon animated realistic photorealistic cinematic dramatic simple detailed distant nearby fierce gentle "
        "glowing sparkling shining "
        "burning flaming lit unlit electric robotic mechanical toy baby adult male female sporty muscular wise clever "
        "smart lone nice good "
        "bad strange weird odd exotic rare common typical ordinary regular normal same different identical similar "
        "hooded horned winged "
        "bearded masked armored armoured first second third last next other more extra additional further initial final "
        "steady visible invisible present absent gone hidden top-down "
        "overhead aerial bird's-eye"
    )
)
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "last": -1, "other": -2, "former": 1, "latter": -1,
}  # fmt: skip

PRONOUNS = words("it they them he she him itself themselves himself herself one ones both")
SELVES = words("itself themselves himself herself myself yourself")
RELATIVE = words("that which who whom whose")
AUXILIARIES = words(
    "is are was were be been being am has have had having do does did will would shall should can could may might must ought "
    "keeps keep "
    "kept starts start started begins begin began continues continue continued tries try gets get going seems "
    "appears-to goes-on "
    "'s 're 's"
)
PREPOSITIONS = words(
    "in on at by of from to into onto towards toward across over under above below beneath underneath behind beside "
    "besides near "
    "through along around between among past up down off out inside outside within against upon with without for during "
    "until till "
    "before after about amid amidst atop alongside via opposite round throughout beyond back away"
)
CONJUNCTIONS = words("and or but while as when where whereas then plus whilst meanwhile & yet so because")
ADVERBS = words(
    "far very quite really so too also just only again still always never ever already soon now here there slightly somewhat "
    "together alone straight directly simultaneously suddenly happily gracefully smoothly steadily constantly continuously "
    "diagonally horizontally vertically sideways repeatedly forever once twice not never almost nearly even well away "
    "far apart forward forwards backward backwards ahead "
    "halfway midway partway overhead outdoors indoors else instead rather everywhere twice back side-by-side "
    "acceleratingly deceleratingly"
)
FUNCTION = words(
    "than if how why what whether though although unless else per versus vs via etc let shall not nor either neither such "
    "same own who's what's it's i you we me us mine yours ours theirs everything something anything everyone somebody"
)
"""Words of grammar that no other list has."""
SEQUENCE = words(
    "first then next finally afterwards afterward later initially originally eventually subsequently lastly secondly "
    "thirdly firstly"
)
MEDIA = words(
    "video clip animation scene shot film footage movie gif picture image view sequence timelapse time-lapse cartoon "
    "render rendering "
    "photo photograph close-up closeup closeup portrait panorama cinematic screen frame canvas background foreground "
    "cutscene reel "
    "composition layout angle"
)
TITLES = words(
    "gif painting panel storyboard idea task request case test loop lesson exercise demo demonstration example intro spec "
    "specs specification input output requirement constraint object ad advert advertisement commercial campaign teaser trailer "
    "bumper activity unit exam quiz homework concept note notes vibe visuals look theme topic sting invite "
    "invitation greeting report news brief plan position path"
)
"""What a title calls what follows it, as in "Pendulum demo:"."""
FRAME_NOUNS = words("screen frame picture image video scene view shot canvas display window clip viewport footage")

HEADINGS: dict[str, str] = {
    "left": "left", "leftward": "left", "leftwards": "left", "right": "right", "rightward": "right", "rightwards": "right",
    "up": "up", "upward": "up", "upwards": "up", "down": "down", "downward": "down", "downwards": "down", "skyward": "up",
    "skywards": "up", "earthward": "down", "groundward": "down", "west": "left", "westward": "left", "westwards": "left",
    "east": "right", "eastward": "right", "eastwards": "right", "north": "up", "south": "down", "northward": "up",
    "northwards": "up", "southward": "down", "southwards": "down", "uphill": "up", "downhill": "down", "upstairs": "up",
    "downstairs": "down",
}  # fmt: skip
ACROSS = {"left": "left", "leftmost": "left", "left-hand": "left", "lefthand": "left", "right": "right", "rightmost": "right",
          "right-hand": "right", "righthand": "right", "middle": "middle", "center": "middle", "centre": "middle"}  # fmt: skip
UPRIGHT = {"top": "top", "upper": "top", "uppermost": "top", "bottom": "bottom", "lower": "bottom", "lowermost": "bottom"}
SIDED = frozenset([*ACROSS, "upper", "lower"])
"""Words before a noun that say where it is, rather than what it looks like: "the left cat", "the upper fish"."""
PARTS = words("side edge half corner part third quarter end border margin area region section hand portion")

SETTINGS = words(
    "meadow field grass lawn park garden forest woods wood jungle rainforest savanna savannah prairie desert dune dunes "
    "beach shore coast "
    "seashore seaside sea ocean lake pond river stream canal harbor harbour bay lagoon reef underwater waterfall swamp "
    "marsh mountain "
    "mountains hill hills valley canyon cliff glacier tundra snow snowfield ice island sky space galaxy night sunset "
    "sunrise dusk dawn "
    "rain fog mist storm street road highway city town village suburb alley square plaza market playground stadium "
    "arena track court "
    "pitch farm barnyard orchard vineyard pasture countryside room kitchen bedroom livingroom bathroom office classroom "
    "library gym "
    "studio stage theater theatre restaurant cafe bar shop store mall museum hall corridor hallway garage warehouse "
    "factory airport "
    "station platform runway bridge tunnel harbor dock pier rooftop yard backyard courtyard floor ground sidewalk "
    "pavement path trail "
    "landscape skyline cityscape universe water surface air sunlight moonlight twilight twilight evening morning afternoon "
    "noon midnight day daylight winter summer autumn spring fall cave basement attic castle temple wilderness outback "
    "plain plains "
    "steppe intersection crossroads driveway boulevard avenue lane freeway motorway downtown aquarium zoo circus "
    "carnival battlefield "
    "background horizon waves clouds grassland moor heath hillside mountainside riverbank riverside lakeside seabed "
    "orbit puddle slope "
    "rink pool backdrop carpet rug bay wall fields streets woodland woodlands"
)
OBJECTS_TOO = words(
    "square court track stage pool carpet rug castle bridge temple platform island wall bay shop store train moon waterfall "
    "puddle pier dock"
)
"""Settings that are things when they are the subject of a sentence."""
SLOPES = words(
    "hill hills hillside mountain mountains mountainside slope dune dunes cliff stairs stair staircase steps step "
    "ladder ramp volcano"
)
"""What one goes up and down, rather than along."""
GROUNDLESS = words("sky space galaxy underwater sea ocean universe orbit reef seabed aquarium air clouds")
WEAR = words(
    "hat cap coat jacket dress shirt scarf suit shoes boots gloves glasses sunglasses helmet mask crown cape uniform "
    "jeans sweater jumper cardigan hood vest kilt pyjamas overalls wellies jersey turban beret veil cloak "
    "tie skirt backpack collar costume robe apron hoodie bikini swimsuit bandana necklace ribbon bow outfit clothes "
    "armor armour raincoat overcoat waistcoat blazer blouse t-shirt sweatshirt shorts trousers pants pajamas socks stockings "
    "gown frock tunic tuxedo tracksuit spacesuit wetsuit jumpsuit poncho parka kimono sari toga tutu leotard mittens "
    "leggings dungarees headscarf bonnet"
)
BODY = words(
    "tail tails wing wings ear ears eye eyes nose beak feather feathers fur hair beard mane horn horns leg legs arm "
    "arms paw paws spot "
    "spots stripe stripes whiskers shell fin fins sail sails wheel wheels roof door windows window headlight headlights "
    "handle lid "
    "leaves branches trunk petals stem smile face belly mouth teeth string dots pattern polka hand hands "
    "finger fingers foot feet head heads shoulder shoulders knee knees lap neck chest"
)


class Verb(NamedTuple):
    """What a verb says of its subject.

    `kind`: go, fall-like go with a `heading`, trace with a `pattern`, enter, leave, appear, vanish, turn, grow, shrink, follow,
    pass, meet, approach, ride, carry, still, win or lose (a race), act (nothing that boxes show), or place (a copula-like
    "stands").
    `medium` is where it moves: ground, air, water, or "" when the verb does not say.
    """

    kind: Literal[
        "go", "trace", "enter", "leave", "appear", "vanish", "turn", "grow", "shrink", "follow", "pass", "meet",
        "part", "approach",
        "ride", "carry", "push", "still", "act", "stop", "circle", "lead", "cross", "throw", "return", "win", "lose",
    ]  # fmt: skip
    heading: str = ""
    pattern: str = ""
    medium: str = ""
    manner: str = ""


def _verbs() -> dict[str, Verb]:
    table: dict[str, Verb] = {}

    def add(words: str, verb: Verb) -> None:
        table.update(dict.fromkeys(words.split(), verb))

    add(
        "move go travel head proceed advance come shift journey progress pop end finish continue spread burst slip veer bend",
        Verb("go"),
    )
    add(
        "walk step stomp tread shuffle scuttle march stroll crawl creep sneak tiptoe jog run trot gallop waddle scurry "
        "scamper hike limp stride amble prance clamber clump goosestep lope scutter sidle skedaddle skulk trek wade saunter "
        "lumber shamble stagger strut toddle plod lollop mosey pootle rove skitter slouch swagger totter traipse careen "
        "stampede straggle sashay clomp slosh slog mooch perambulate slink wend lurch hobble scud sally stumble trudge",
        Verb("go", medium="ground"),
    )
    add("explore patrol stray prowl", Verb("go", medium="ground", manner="any"))
    add("wander roam meander potter putter", Verb("trace", pattern="wander", medium="ground", manner="any"))
    add("accelerate", Verb("go", manner="faster"))
    add("decelerate", Verb("go", manner="slower"))
    add(
        "race dash sprint rush speed hurry bolt charge dart zip whiz whizz zoom scram hightail hustle pelt",
        Verb("go", manner="fast"),
    )
    add(
        "roll drive ride-on cycle bike pedal skate skateboard ski sled slither slide steer cruise taxi chug rumble "
        "trundle parade",
        Verb("go", medium="ground"),
    )
    add("fly flit flutter wing swoop buzz", Verb("go", medium="air"))
    add("drift float waft blow glide arc undulate surge hasten", Verb("go"))
    add("swim sail paddle row surf", Verb("go", medium="water"))
    add(
        "fall drop descend dive dip lower set sink plunge plummet tumble sag settle cascade rain drip collapse",
        Verb("go", heading="down"),
    )
    add("land alight", Verb("go", heading="down", medium="air"))
    add("rise ascend soar climb lift raise hoist launch mount levitate", Verb("go", heading="up"))
    add("return", Verb("return"))
    add("jump hop leap skip spring bound vault somersault", Verb("trace", pattern="bounce", medium="ground"))
    add("bounce rebound", Verb("trace", pattern="bounce"))
    add("bob", Verb("trace", pattern="up-down"))
    add("swing sway oscillate rock pace wobble wiggle teeter waver", Verb("trace", pattern="side-to-side"))
    add("dance frolic romp cavort waltz boogie gambol", Verb("trace", pattern="wander"))
    add("zigzag zig-zag weave swerve snake wind slalom", Verb("trace", pattern="zigzag"))
    add("circle orbit revolve encircle loop", Verb("circle", pattern="circle"))
    add("enter arrive", Verb("enter"))
    add("leave exit depart escape flee abscond", Verb("leave"))
    add("appear spawn emerge materialize materialise show-up pop-up arise surface", Verb("appear"))
    add("disappear vanish fade dissolve evaporate", Verb("vanish"))
    add("turn become change transform morph transition shift-into", Verb("turn"))
    add("grow expand inflate swell enlarge widen bloat bulge sprout germinate", Verb("grow"))
    add("shrink deflate contract dwindle diminish wither melt thaw", Verb("shrink"))
    add("follow chase pursue trail hunt tail stalk shadow", Verb("follow"))
    add("lead guide", Verb("lead"))
    add("pass overtake outrun", Verb("pass"))
    add("win beat defeat", Verb("win"))
    add("lose", Verb("lose"))
    add("cross traverse", Verb("cross"))
    add("meet collide crash bump join hug kiss converge", Verb("meet"))
    add("part separate diverge split", Verb("part"))
    add("approach near reach", Verb("approach"))
    add("ride", Verb("ride"))
    add("carry hold wear bring transport haul lug grab snatch fetch steal", Verb("carry"))
    add("push pull tow tug drag herd", Verb("push"))
    add("throw toss hurl kick fling shoot", Verb("throw"))
    add("stop halt pause freeze", Verb("stop"))
    add(
        "sit stand lie rest sleep wait linger recline repose lurk stay remain park perch nap hang lean "
        "idle pose dwell hover doze hide moor anchor sunbathe tower loom snooze lounge crouch squat kneel graze",
        Verb("still"),
    )
    add(
        "eat drink wave sing bark meow chirp play read write look watch stare gaze talk speak laugh cry smile "
        "blink nod shake spin "
        "rotate twirl flap wag work cook paint draw clap yawn stretch dig hunt-for fish fight wrestle juggle box "
        "bloom burn glow "
        "shine flicker flash sparkle twinkle rotate open close pour splash boil steam smoke explode erupt roar "
        "howl growl scratch "
        "lick sniff bite chew drum strum perform exercise practice train meditate pray point knit sew wash clean sweep build "
        "break crack shatter crumble wilt blossom ripple flow stream rustle tremble vibrate pulse tick ring hum snow "
        "celebrate cheer greet feed pet enjoy try use face see hear hit catch observe share admire inspect "
        "surround cover fill "
        "light reflect illuminate overlook feature contain include depict show display present portray ski-jump peck "
        "nibble gallivant "
        "take brake start begin happen use give get put find say pick cast press click attack defend bloom "
        "arrange decorate spill spray squirt sneeze cough wink nibble whisper scream shout roar gasp sigh swirl whirl "
        "curl unfold "
        "fold wrap unwrap vanish-in struggle rummage search guard protect",
        Verb("act"),
    )
    return table


VERBS = _verbs()
IRREGULAR = {
    "ran": "run", "flew": "fly", "flown": "fly", "swam": "swim", "swum": "swim", "fell": "fall", "fallen": "fall",
    "rose": "rise",
    "risen": "rise", "went": "go", "gone": "go", "came": "come", "drove": "drive", "driven": "drive", "rode": "ride",
    "ridden": "ride",
    "sank": "sink", "sunk": "sink", "grew": "grow", "grown": "grow", "shrank": "shrink", "shrunk": "shrink", "left": "leave",
    "met": "meet", "sat": "sit", "stood": "stand", "lay": "lie", "lain": "lie", "lying": "lie", "slept": "sleep",
    "became": "become",
    "sprang": "spring", "swung": "swing", "crept": "creep", "held": "hold", "wore": "wear", "brought": "bring",
    "threw": "throw",
    "thrown": "throw", "slid": "slide", "sped": "speed", "wound": "wind", "led": "lead", "ate": "eat", "hung": "hang",
    "arose": "arise",
    "froze": "freeze", "frozen": "freeze", "stuck": "stick", "dug": "dig", "blew": "blow", "blown": "blow", "lept": "leap",
    "leapt": "leap", "shone": "shine", "made": "make", "dove": "dive", "lit": "light", "saw": "see", "seen": "see",
    "shown": "show", "won": "win", "lost": "lose",
}  # fmt: skip
IRREGULAR_PLURALS = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "geese": "goose", "feet": "foot",
    "teeth": "tooth", "oxen": "ox", "leaves": "leaf", "wolves": "wolf", "knives": "knife", "loaves": "loaf", "calves": "calf",
    "butterflies": "butterfly", "buses": "bus", "horses": "horse", "geckos": "gecko", "cacti": "cactus", "octopi": "octopus",
    "shelves": "shelf", "wives": "wife", "halves": "half", "elves": "elf", "hooves": "hoof", "scarves": "scarf",
    "snowmen": "snowman", "taxis": "taxi", "skis": "ski",
    "firemen": "fireman", "policemen": "policeman", "dice": "die", "cookies": "cookie", "movies": "movie", "zombies": "zombie",
    "houses": "house", "shoes": "shoe", "canoes": "canoe", "bees": "bee", "trees": "tree", "axes": "axe", "fishes": "fish",
}  # fmt: skip
UNCHANGING = words(
    "sheep deer fish moose bison shrimp salmon squid aircraft spacecraft hovercraft swine trout jellyfish starfish "
    "goldfish cod tuna"
)
NOT_PLURAL = words(
    "bus gas glass grass dress cross boss moss class octopus cactus walrus platypus hippopotamus rhinoceros lens bus "
    "virus circus albatross mattress "
    "compass chess princess waitress actress canvas atlas lotus crocus iris hibiscus fortress harness cypress kiss bass "
    "mass brass fuss "
    "tyrannosaurus stegosaurus brontosaurus triceratops dinosaurus cosmos venus campus bonus abacus genius census "
    "colossus scissors "
    "trousers jeans sunglasses glasses headphones pants shorts binoculars tennis news paris mars this his its always "
    "across lens us "
    "octopus pegasus cheetos marcus"
)
