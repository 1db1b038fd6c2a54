"""English words that are common enough to be meant as words even where they are also a name or a title."""

from __future__ import annotations

_FUNCTION = """
a about above across after again against all almost alone along already also always am among an and another any
anyone apart are around as at away back be became because been before behind being below beneath between beyond both
but by came can could did do does down each either else enough even ever every everyone everything few for from gave
get go gone got had has have he her here him his how if in inside into is it its just knew know last less let like
made make many may maybe me more most much must my near never next no nobody none nor not nothing now of off often
on once one only or other our out outside over own ran said same saw say see seen sent she should so some someone
something soon still such take than that the their them then there these they thing things this those through thus
to together told too took toward towards two under until up upon us use very was way we well went were what when
where which while who whole whose why will with within without would yes yet you your
"""

_OTHERS = """
able act action age agent ago air alarm alien alive amazing ancient angel anger angry animal answer apple area arm
army arrival art ash ask asleep atlas attack aunt author autumn baby bad bag ball balloon band bank bar bark barn
base bat bath battle beach bean bear beast beat beautiful beauty become bed bee began begin believe bell belong best
better big bird birth bishop black blade blank blast blaze blind blink blood bloom blossom blue board boat body bold
bolt bomb bond bone book boss bottle bottom bow box boy brain branch brave bread break breath breeze bride bridge
bright bring broken brother brown bubble bug build bull bunny burn bus bush business butter butterfly button cage
cake call calm camera camp candle candy cap captain car card care carol carry cars case castle cat catch cave chain
chair champion chance change chaos charm chase cheese chef chess chicken chief child children chip chocolate choice
church circle city class claw clay clean clear clever click cliff climb clock close cloud clown club coach coal
coast coat code coffee cold color colour come comet common contact cook cookie cool cop copper copy coral corner
cosmos count country courage court cover cow cowboy crab crash crater crazy crow crown cruel cruise crush crystal
cube cup curious current curse cut cute cyborg daily dance dancer danger dark darkness dash data daughter dawn day
dead deal dear death decay deep deer demon desert destiny detective devil diamond diary die dig dinner dinosaur dirt
discovery doctor dog doll dolphin door dot double doubt dove dragon dragons drama draw dream dreams dress drift
drink drive driver drone drop drum dry duck duel duke dune dust dwarf eagle early earth east easy eat echo eclipse
edge egg eight electric elements elephant elevator elf embers emerald emperor empire empty end enemy energy equal
escape eternal evening evil exit eye eyes fable face factory fade fairy faith falcon fall fallen falling false fame
family fan fancy fang far farm fashion fast fat fate father fear feather feed feel feeling field fight fighter final
find finger fire first fish fist five flag flame flash flat fleet flight float flood floor flow flower flowers fly
flying fog follow food fool foot force forest forever forget fortune four fox frame free freedom freeze fresh friend
friends frog frost frozen fruit full fun funny fury future galaxy game garden gas gate gather genie genius gentle
ghost ghosts giant gift girl girls give glass glide glitch globe glory glow goat goblin god gold golden good goose
grace grand grass grave gravity gray great green grey ground group grow growl guard guardian guest guide gum gun guy
hair half halo hammer hand hands hanger happy harbor harbour hard harmony harvest hat haunted haven hawk head heart
hearts heat heaven heavy heist help herb hero heroes hid hidden hide high hill history hit hold hole holiday hollow
holy home honest honey honor honour hood hook hope horizon horn horror horse host hot hotel hour house huge human
hunger hunt hunter hurricane i ice ill imp inception infinity instinct invisible iron island ivory ivy jade jam jaw
jaws jay jazz jet jewel job joke joker journey joy judge juice jump jungle junior justice keep key kid kids kill
killer kind king kingdom kings kiss kitchen kite kitten knife knight knights knock knot lab labyrinth lad lady lake
lamb lamp land lane language lantern large laser late laugh law lawn lead leader leaf league learn leather leave
left leg legend lemon leopard letter level lie life lift light lightning lily lime limitless line link lion lip lips
list listen little live living lizard load local lock logan lonely long look loop lord lose lost lotus loud love
lover lovers low luck lucky lunar machine mad magic magician maid mail main maker malice man mango mansion map maple
marble march mark market marriage marsh martian mask mass master match mate matrix maze meadow meal mean meat medium
meet melody member memory men merchant mercury mercy mermaid message metal meteor midnight might milk mill mind mine
minions minor minute miracle mirror misery miss mist mister mix model modern mole moment money monk monkey monster
monsters month mood moon morning moss moth mother motion mountain mouse mouth move movie mud mummy murder muscle
museum music mystery myth nail name narrow nation native nature navy neck need needle neon nest net network new news
nice night nightmare nine noble noise north nose note notice nova number nurse nut oak oath obsession ocean odd
office officer oil old olive omega onion open opera oracle orange orbit orchid order origin orphan owl owner pack
page pain paint pair palace pale palm pan panda panic panther paper parade paradise parasite parent park part party
pass passage past path patient pattern peace peach peacock peak pearl pen penguin people pepper perfect person pet
phantom phoenix photo piano picnic picture pie pig pigeon pilot pin pine pink pipe pirate pirates pit place plain
plan plane planet planets plant plate play player please plot plum pocket poem poet point poison police pond pony
pool poor pop poppy port possession pot potion powder power powers precious present president pretty prey price
pride priest prime prince princess prison prisoner prize prophet proud psycho public puddle puff pulse pump punch
puppet puppy pure purple push puzzle quarry queen quest question quick quiet quite rabbit race racer radio rage rain
rainbow ranger rapid rare rat raven raw ray razor reach read ready real rebel rebels red reef relic remember rent
rescue rest return revenge rich ride rider right ring rings rise rising river road robber robin robot robots rock
rocket rogue roll roof room root rope rose rough round royal ruby ruin rule run runner rush rust sad saddle safe
sage sail sailor saint salt sand sapphire savage save scale scar scarecrow scarlet school science score scout scream
screen sea seal search season seat second secret secrets seed sense serpent seven shade shadow shadows shape share
shark sharp shed sheep shell shepherd sheriff shift shine ship ships shock shoe shoot shop shore short shot show shy
sick side sign signal silence silent silk silly silver simple sin sing singer sinister sister sit six size skeleton
sketch ski skin skull sky slave sleep sleeping slice slow small smart smile smoke smooth snail snake snow soap soft
soldier soldiers sole solid son song sorrow soul souls sound soup source south space spark sparrow speak spear
special speed spell spice spider spiders spin spirit spirited spirits split spoon sport spot spring spy square
squirrel stable staff stage stair stand star stars start state station statue stay steal steam steel step stick
sting stitch stone stop storm storms story straight strange stranger stream street strike string strong student
stuff sugar suit summer sun sunday sunrise sunset sunshine super sure surf surprise swallow swamp swan sweet swift
swim sword symbol table tail tale tales talk tall tangled tango tank tap target taste taxi tea teach teacher team
tear tears teen tell ten tenant tent terminal terminator terror test thanks thief thieves thin think third thorn
thought thread three throne thunder tide tie tiger time tin tiny titan titanic today tomorrow tone tonight tool top
torch total touch tough tower town toy toys track trade trail train traitor trap travel traveller treasure tree
trees trial tribe trick trip troll trouble truck true trumpet trust truth try tube tug tulip tundra tunnel turn
turtle twelve twilight twin twins twist ugly umbrella uncle uncut underground underwater unicorn unit vacation
valley vampire vanilla vanity vault veil velvet vengeance vertigo vice victory video view village violet viper virus
vision visit visitor voice volcano voyage vulture wait walk walker wall wander want war warm warrior warriors wash
wasp watch water watermelon wave waves weak wealth weapon weather web wedding week weird welcome west whale wheat
wheel whiplash whirl whisper whistle white wicked wide widow wife wild willow win wind window winds wine wing wings
winner winter wire wise wish witch witches wizard wolf wolves woman women wonder wonderful wood wooden woods wool
word words work worker workers world worm wound wrath wren wrong yard year yellow yesterday yoga young youth zebra
zero zone zoo
"""

FUNCTION_WORDS = frozenset(_FUNCTION.split())
"""Words that hold sentences together: hardly any text is without some."""

COMMON_WORDS = FUNCTION_WORDS | frozenset(_OTHERS.split())
"""Those, and nouns, verbs and adjectives of everyday use."""
