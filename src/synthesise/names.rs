//! Names of places that do not exist, as many as are asked for, no two alike.

const BEGINNINGS: [&str; 40] = [
    "Alder", "Fen", "Nether", "Thorn", "Bram", "Carn", "Dun", "Elm", "Kel", "Gorse", "Hazel", "Iron", "Quarr", "Lang",
    "Marl", "Oaker", "Pen", "Raven", "Sel", "Thistle", "Under", "Vell", "Whin", "Yarrow", "Cold", "Drift", "Ember",
    "Fallow", "Grey", "Hollin", "Ivel", "Jessam", "Kestrel", "Loam", "Mallow", "Nettle", "Otter", "Plover", "Rush",
    "Sorrel",
];

const ENDINGS: [&str; 23] = [
    "wick", "marsh", "mere", "stow", "combe", "leigh", "thwaite", "den", "ridge", "water", "moor", "croft", "gate",
    "brook", "cliffe", "well", "haven", "beck", "grove", "hythe", "fold", "garth", "stead",
];

/// How many single names there are.
const SINGLE: usize = BEGINNINGS.len() * ENDINGS.len();

/// The name of the authority with this number and type.
pub fn name(number: usize, kind: &str) -> String {
    let one = single(number % SINGLE);
    // Beyond the single names two of them are joined: the gap between the two tells the rounds apart.
    if number >= SINGLE {
        return format!("{one} and {}", single((number % SINGLE + number / SINGLE) % SINGLE));
    }
    let decorations: &[&str] = match kind {
        "London borough" => &["*", "*", "* and Holt", "Upper *", "*", "* Park"],
        "Metropolitan district" => &["*", "*", "*", "* and Wharfe", "Great *"],
        "Shire county" => &["* Downs", "* Wolds", "* Weald", "* Fells", "* Levels"],
        _ => &["*", "* Vale", "*", "* and Carrow", "* Bay", "*", "*-on-Lune", "* Forest"],
    };
    decorations[number / 2 % decorations.len()].replace('*', &one)
}

/// Each number below `SINGLE` has its own pair: 41 and 23 have no common factor, so that no ending comes back too early.
fn single(number: usize) -> String {
    let beginning = BEGINNINGS[number % BEGINNINGS.len()];
    let ending = ENDINGS[(number + number / BEGINNINGS.len()) % ENDINGS.len()];
    format!("{beginning}{ending}")
}
