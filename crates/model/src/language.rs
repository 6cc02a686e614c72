//! Home languages (LANG152, LANGCODE152, LANG47).

use crate::ClosedList;
use crate::list::closed_list;

closed_list! {
    /// Home languages of the newest version, by name; each has an ISO 639-3 code (clever-api 2.2: paired by meaning, never
    /// by position in the published lists).
    Language {
        Afrikaans = "Afrikaans", Albanian = "Albanian", Amharic = "Amharic", Arabic = "Arabic",
        Armenian = "Armenian", Assamese = "Assamese", Aymara = "Aymara", Azerbaijani = "Azerbaijani",
        Bambara = "Bambara", Bashkir = "Bashkir", Basque = "Basque", Belarusian = "Belarusian", Bengali = "Bengali",
        Bhojpuri = "Bhojpuri", Bosnian = "Bosnian", Bulgarian = "Bulgarian", Burmese = "Burmese",
        CaboVerdean = "Cabo Verdean", Cantonese = "Cantonese", Catalan = "Catalan", Cebuano = "Cebuano",
        Chichewa = "Chichewa", Chinese = "Chinese", Chuukese = "Chuukese", Corsican = "Corsican",
        Croatian = "Croatian", Czech = "Czech", Danish = "Danish", Dari = "Dari", Divehi = "Divehi", Dogri = "Dogri",
        Dutch = "Dutch", English = "English", Estonian = "Estonian", Ewe = "Ewe", Faroese = "Faroese",
        Farsi = "Farsi", Fijian = "Fijian", Filipino = "Filipino", Finnish = "Finnish", French = "French",
        Frisian = "Frisian", Galician = "Galician", Georgian = "Georgian", German = "German", Greek = "Greek",
        Guarani = "Guarani", Gujarati = "Gujarati", HaitianCreole = "Haitian Creole", Hausa = "Hausa",
        Hawaiian = "Hawaiian", Hebrew = "Hebrew", Hindi = "Hindi", Hmong = "Hmong", Hungarian = "Hungarian",
        Icelandic = "Icelandic", Igbo = "Igbo", Ilocano = "Ilocano", Indonesian = "Indonesian",
        Inuinnaqtun = "Inuinnaqtun", Inuktitut = "Inuktitut", Irish = "Irish", Italian = "Italian",
        Japanese = "Japanese", Javanese = "Javanese", Kannada = "Kannada", Karen = "Karen", Kazakh = "Kazakh",
        Khmer = "Khmer", Kinyarwanda = "Kinyarwanda", Kirundi = "Kirundi", Konkani = "Konkani", Korean = "Korean",
        Krio = "Krio", KurdishKurmanji = "Kurdish (Kurmanji)", KurdishSorani = "Kurdish (Sorani)", Kyrgyz = "Kyrgyz",
        Laotian = "Laotian", Latvian = "Latvian", Lingala = "Lingala", Lithuanian = "Lithuanian",
        LowerSorbian = "Lower Sorbian", Luganda = "Luganda", Luxembourgish = "Luxembourgish",
        Macedonian = "Macedonian", Maithili = "Maithili", Malagasy = "Malagasy", Malay = "Malay",
        Malayalam = "Malayalam", Maltese = "Maltese", Mandarin = "Mandarin", Manipuri = "Manipuri", Maori = "Maori",
        Marathi = "Marathi", Marshallese = "Marshallese", Mizo = "Mizo", Mongolian = "Mongolian", Nepali = "Nepali",
        NorthernSotho = "Northern Sotho", Norwegian = "Norwegian", Odia = "Odia", Oromo = "Oromo", Pashto = "Pashto",
        Polish = "Polish", Portuguese = "Portuguese", Punjabi = "Punjabi", Quechua = "Quechua",
        QueretaroOtomi = "Queretaro Otomi", Romanian = "Romanian", Russian = "Russian", Samoan = "Samoan",
        ScotsGaelic = "Scots Gaelic", Serbian = "Serbian", Sesotho = "Sesotho", Setswana = "Setswana",
        Shona = "Shona", Sindhi = "Sindhi", Sinhala = "Sinhala", Slovak = "Slovak", Slovenian = "Slovenian",
        Somali = "Somali", Spanish = "Spanish", Sundanese = "Sundanese", Swahili = "Swahili", Swedish = "Swedish",
        Tagalog = "Tagalog", Tahitian = "Tahitian", Tajik = "Tajik", Tamil = "Tamil", Tatar = "Tatar",
        Telugu = "Telugu", Thai = "Thai", Tibetan = "Tibetan", Tigrinya = "Tigrinya", Tongan = "Tongan",
        Tsonga = "Tsonga", Turkish = "Turkish", Turkmen = "Turkmen", Twi = "Twi", Ukrainian = "Ukrainian",
        UpperSorbian = "Upper Sorbian", Urdu = "Urdu", Uyghur = "Uyghur", Uzbek = "Uzbek", Vietnamese = "Vietnamese",
        Welsh = "Welsh", Xhosa = "Xhosa", Yiddish = "Yiddish", Yoruba = "Yoruba", YucatecMaya = "Yucatec Maya",
        Zulu = "Zulu", Other = "Other",
    }
}

impl Language {
    /// The code of the language: ISO 639-3, or `other`.
    pub fn code_text(self) -> &'static str {
        match self {
            Self::Afrikaans => "afr",
            Self::Albanian => "sqi",
            Self::Amharic => "amh",
            Self::Arabic => "ara",
            Self::Armenian => "hye",
            Self::Assamese => "asm",
            Self::Aymara => "aym",
            Self::Azerbaijani => "aze",
            Self::Bambara => "bam",
            Self::Bashkir => "bak",
            Self::Basque => "eus",
            Self::Belarusian => "bel",
            Self::Bengali => "ben",
            Self::Bhojpuri => "bho",
            Self::Bosnian => "bos",
            Self::Bulgarian => "bul",
            Self::Burmese => "mya",
            Self::CaboVerdean => "cpp",
            Self::Cantonese => "yue",
            Self::Catalan => "cat",
            Self::Cebuano => "ceb",
            Self::Chichewa => "nya",
            Self::Chinese => "zho",
            Self::Chuukese => "chk",
            Self::Corsican => "cos",
            Self::Croatian => "hrv",
            Self::Czech => "ces",
            Self::Danish => "dan",
            Self::Dari => "prs",
            Self::Divehi => "div",
            Self::Dogri => "dgo",
            Self::Dutch => "nld",
            Self::English => "eng",
            Self::Estonian => "est",
            Self::Ewe => "ewe",
            Self::Faroese => "fao",
            Self::Farsi => "fas",
            Self::Fijian => "fij",
            Self::Filipino => "fil",
            Self::Finnish => "fin",
            Self::French => "fra",
            Self::Frisian => "fry",
            Self::Galician => "glg",
            Self::Georgian => "kat",
            Self::German => "deu",
            Self::Greek => "ell",
            Self::Guarani => "grn",
            Self::Gujarati => "guj",
            Self::HaitianCreole => "hat",
            Self::Hausa => "hau",
            Self::Hawaiian => "haw",
            Self::Hebrew => "heb",
            Self::Hindi => "hin",
            Self::Hmong => "hmn",
            Self::Hungarian => "hun",
            Self::Icelandic => "isl",
            Self::Igbo => "ibo",
            Self::Ilocano => "ilo",
            Self::Indonesian => "ind",
            Self::Inuinnaqtun => "ikt",
            Self::Inuktitut => "iku",
            Self::Irish => "gle",
            Self::Italian => "ita",
            Self::Japanese => "jpn",
            Self::Javanese => "jav",
            Self::Kannada => "kan",
            Self::Karen => "kar",
            Self::Kazakh => "kaz",
            Self::Khmer => "khm",
            Self::Kinyarwanda => "kin",
            Self::Kirundi => "run",
            Self::Konkani => "knn",
            Self::Korean => "kor",
            Self::Krio => "kri",
            Self::KurdishKurmanji => "kur",
            Self::KurdishSorani => "ckb",
            Self::Kyrgyz => "kir",
            Self::Laotian => "lao",
            Self::Latvian => "lav",
            Self::Lingala => "lin",
            Self::Lithuanian => "lit",
            Self::LowerSorbian => "dsb",
            Self::Luganda => "lug",
            Self::Luxembourgish => "ltz",
            Self::Macedonian => "mkd",
            Self::Maithili => "mai",
            Self::Malagasy => "mlg",
            Self::Malay => "msa",
            Self::Malayalam => "mal",
            Self::Maltese => "mlt",
            Self::Mandarin => "cmn",
            Self::Manipuri => "mni",
            Self::Maori => "mri",
            Self::Marathi => "mar",
            Self::Marshallese => "mah",
            Self::Mizo => "lus",
            Self::Mongolian => "mon",
            Self::Nepali => "nep",
            Self::NorthernSotho => "nso",
            Self::Norwegian => "nob",
            Self::Odia => "ori",
            Self::Oromo => "orm",
            Self::Pashto => "pus",
            Self::Polish => "pol",
            Self::Portuguese => "por",
            Self::Punjabi => "pan",
            Self::Quechua => "que",
            Self::QueretaroOtomi => "otq",
            Self::Romanian => "ron",
            Self::Russian => "rus",
            Self::Samoan => "smo",
            Self::ScotsGaelic => "gla",
            Self::Serbian => "srp",
            Self::Sesotho => "sot",
            Self::Setswana => "tsn",
            Self::Shona => "sna",
            Self::Sindhi => "snd",
            Self::Sinhala => "sin",
            Self::Slovak => "slk",
            Self::Slovenian => "slv",
            Self::Somali => "som",
            Self::Spanish => "spa",
            Self::Sundanese => "sun",
            Self::Swahili => "swa",
            Self::Swedish => "swe",
            Self::Tagalog => "tgl",
            Self::Tahitian => "tah",
            Self::Tajik => "tgk",
            Self::Tamil => "tam",
            Self::Tatar => "tat",
            Self::Telugu => "tel",
            Self::Thai => "tha",
            Self::Tibetan => "bod",
            Self::Tigrinya => "tir",
            Self::Tongan => "ton",
            Self::Tsonga => "tso",
            Self::Turkish => "tur",
            Self::Turkmen => "tuk",
            Self::Twi => "twi",
            Self::Ukrainian => "ukr",
            Self::UpperSorbian => "hsb",
            Self::Urdu => "urd",
            Self::Uyghur => "uig",
            Self::Uzbek => "uzb",
            Self::Vietnamese => "vie",
            Self::Welsh => "cym",
            Self::Xhosa => "xho",
            Self::Yiddish => "yid",
            Self::Yoruba => "yor",
            Self::YucatecMaya => "yua",
            Self::Zulu => "zul",
            Self::Other => "other",
        }
    }

    /// The language with this code.
    pub fn from_code_text(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|language| language.code_text() == code)
    }

    /// Whether versions before 3.1 know the language (LANG47).
    pub fn in_short_list(self) -> bool {
        matches!(
            self,
            Self::English
                | Self::Albanian
                | Self::Amharic
                | Self::Arabic
                | Self::Bengali
                | Self::Bosnian
                | Self::Burmese
                | Self::Cantonese
                | Self::Chinese
                | Self::Dutch
                | Self::Farsi
                | Self::French
                | Self::German
                | Self::Hebrew
                | Self::Hindi
                | Self::Hmong
                | Self::Ilocano
                | Self::Japanese
                | Self::Javanese
                | Self::Karen
                | Self::Khmer
                | Self::Korean
                | Self::Laotian
                | Self::Latvian
                | Self::Malay
                | Self::Mandarin
                | Self::Nepali
                | Self::Oromo
                | Self::Polish
                | Self::Portuguese
                | Self::Punjabi
                | Self::Romanian
                | Self::Russian
                | Self::Samoan
                | Self::Serbian
                | Self::Somali
                | Self::Spanish
                | Self::Swahili
                | Self::Tagalog
                | Self::Tamil
                | Self::Telugu
                | Self::Thai
                | Self::Tigrinya
                | Self::Turkish
                | Self::Ukrainian
                | Self::Urdu
                | Self::Vietnamese
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_code_of_its_own() {
        let mut codes: Vec<_> = Language::ALL
            .iter()
            .map(|language| language.code_text())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Language::ALL.len());
        assert_eq!(Language::from_code_text("spa"), Some(Language::Spanish));
        assert_eq!(
            Language::ALL
                .iter()
                .filter(|language| language.in_short_list())
                .count(),
            47
        );
    }
}
