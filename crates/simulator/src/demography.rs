//! The demographic columns of a student, in the many ways SISs spell them (district-side 3).

use crate::data::{Data, RACES};
use crate::facts::{DISABILITIES, Facts};
use crate::pen::Pen;
use crate::quirk::Quirk;
use crate::school_year::{SPELLINGS, TWO_DIGIT_YEAR};

/// Languages that only the newest list has (clever-api 2.2, LANG47 and LANG152), of those we use.
const NEW_LANGUAGES: [&str; 39] = [
    "Bambara",
    "Greek",
    "Armenian",
    "Bulgarian",
    "Hungarian",
    "Czech",
    "Norwegian",
    "Italian",
    "Haitian Creole",
    "Krio",
    "Twi",
    "Yoruba",
    "Cabo Verdean",
    "Igbo",
    "Quechua",
    "Yucatec Maya",
    "Queretaro Otomi",
    "Guarani",
    "Mongolian",
    "Tibetan",
    "Uyghur",
    "Gujarati",
    "Malayalam",
    "Kannada",
    "Marathi",
    "Filipino",
    "Cebuano",
    "Indonesian",
    "Dari",
    "Pashto",
    "Kinyarwanda",
    "Hausa",
    "Lingala",
    "Kurdish (Kurmanji)",
    "Kurdish (Sorani)",
    "Tongan",
    "Marshallese",
    "Chuukese",
    "Hawaiian",
];

pub(crate) fn graduation(facts: &Facts, pen: &mut Pen<'_>) {
    if pen.has(Quirk::GraduationYearInvalid) {
        pen.cells.number(u64::from(facts.graduation % 100));
    } else {
        pen.cells.number(u64::from(facts.graduation));
    }
}

pub(crate) fn birth(facts: &Facts, pen: &mut Pen<'_>) {
    let way = 1 + pen.way(SPELLINGS - 1);
    let mut birth = facts.birth;
    let spelled = if pen.has(Quirk::DobBlank) {
        String::new()
    } else if pen.has(Quirk::DobInvalid) {
        match way % 2 {
            0 => format!("{}/{}/{}", 13 + birth.day / 2, birth.month, birth.year),
            _ => format!("2/30/{}", birth.year),
        }
    } else if pen.has(Quirk::DobTwoDigitYear) {
        birth.spelled(TWO_DIGIT_YEAR)
    } else if pen.has(Quirk::DobImplausible) {
        birth.year -= 45;
        birth.slashes()
    } else if pen.has(Quirk::DobSpelling) {
        birth.spelled(way)
    } else {
        birth.slashes()
    };
    pen.text(&spelled);
}

pub(crate) fn race(facts: &Facts, pen: &mut Pen<'_>) {
    const CODES: [&str; 7] = ["W", "A", "B", "I", "P", "M", "U"];
    const WORDS: [&str; 7] = [
        "White",
        "ASIAN",
        "African American",
        "Native American",
        "Pacific Islander",
        "Multiracial",
        "Declined",
    ];
    const LISTS: [&str; 4] = ["W;B", "A/W", "I|W", "B A"];
    let of = |names: &[&'static str; 7]| names.get(facts.race).copied().unwrap_or("Unknown");
    let way = pen.way(4);
    let mut follows = false;
    let spelled = if pen.has(Quirk::RaceBlank) {
        ""
    } else if pen.has(Quirk::RaceInvalid) {
        "97"
    } else if pen.has(Quirk::RaceHispanic) {
        follows = way < 2;
        "Hispanic"
    } else if pen.has(Quirk::RaceList) {
        LISTS.get(crate::draw::index(way)).copied().unwrap_or("W;B")
    } else if pen.has(Quirk::RaceAmbiguous) {
        "H"
    } else if pen.has(Quirk::RaceCode) {
        of(&CODES)
    } else if pen.has(Quirk::RaceWord) {
        of(&WORDS)
    } else {
        of(&RACES)
    };
    pen.text(spelled);
    if follows {
        pen.cells.blank();
    } else {
        flag(facts.hispanic, pen);
    }
}

/// Y or N, or another pair of words if the record spells flags so.
fn flag(value: bool, pen: &mut Pen<'_>) {
    const PAIRS: [(&str, &str); 5] = [
        ("1", "0"),
        ("T", "F"),
        ("Yes", "No"),
        ("true", "false"),
        ("x", "n"),
    ];
    let odd = pen.placed.has(Quirk::FlagWord, pen.record);
    let pair = crate::draw::index(pen.record % PAIRS.len() as u64);
    let (yes, no) = match PAIRS.get(pair) {
        Some(&pair) if odd => pair,
        _ => ("Y", "N"),
    };
    pen.text(if value { yes } else { no });
}

pub(crate) fn programs(facts: &Facts, pen: &mut Pen<'_>) {
    pen.has(Quirk::FlagWord);
    flag(facts.english_learner, pen);
    let way = pen.way(3);
    let lunch = if pen.has(Quirk::FrlAmbiguous) {
        "Y"
    } else if pen.has(Quirk::FrlOther) {
        "Other"
    } else if pen.has(Quirk::FrlCode) {
        match (facts.lunch, way) {
            (0, 0) => "FDC",
            (0, _) => "F",
            (1, 0) => "Red",
            (1, _) => "R",
            (_, 0) => "N",
            (_, 1) => "D",
            (..) => "P",
        }
    } else {
        match facts.lunch {
            0 => "Free",
            1 => "Reduced",
            _ => "Paid",
        }
    };
    pen.text(lunch);
    flag(facts.iep, pen);
    if pen.has(Quirk::FlagBlank) {
        pen.cells.blanks(2);
    } else if pen.has(Quirk::FlagInvalid) {
        pen.text("?");
        pen.text("maybe");
    } else {
        flag(facts.section504, pen);
        flag(facts.gifted, pen);
        pen.mark_if(Quirk::Gifted, facts.gifted);
        pen.mark_if(Quirk::Section504, facts.section504);
    }
    pen.mark_if(Quirk::EnglishLearner, facts.english_learner);
    pen.mark_if(Quirk::Iep, facts.iep);
}

pub(crate) fn disability(facts: &Facts, pen: &mut Pen<'_>) {
    let way = pen.way(5);
    let known = facts.disability.and_then(|at| DISABILITIES.get(at));
    flag(known.is_some(), pen);
    let Some(&(kind, code, _)) = known else {
        pen.cells.blanks(2);
        return;
    };
    let quirk = match way {
        0 => Quirk::DisabilityTypeOnly,
        1 => Quirk::DisabilityCodeOnly,
        _ => Quirk::DisabilityBoth,
    };
    pen.mark(quirk);
    pen.text(if way == 1 { "" } else { kind });
    pen.text(if way == 0 { "" } else { code });
}

pub(crate) fn language(data: &Data, facts: &Facts, pen: &mut Pen<'_>) {
    let variants = data.language_variants.get(facts.language);
    let way = pen.style.next();
    let spelled = if pen.has(Quirk::LanguageBlank) {
        ""
    } else if pen.has(Quirk::LanguageInvalid) {
        "Language 94"
    } else {
        pen.mark_if(
            Quirk::LanguageOutsideOldList,
            NEW_LANGUAGES.contains(&facts.language),
        );
        match variants {
            Some(variants) if pen.has(Quirk::LanguageSpelling) => {
                let at = way % variants.len().max(1) as u64;
                variants.get(crate::draw::index(at)).copied().unwrap_or("")
            }
            _ => facts.language,
        }
    };
    pen.text(spelled);
}
