//! A district that was published twice, made by the same code as in earnest: files, rows, candidate, plan, parts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use homeroom_derive::Derive;
use homeroom_intake::{FileReport, FileSet, InMemory, Intake, Settings, Stem};
use homeroom_model::{Date, District, IdRange, Kind, ObjectId, Problem, Timestamp};
use homeroom_segment::{
    Candidate, Departed, Digest, HashKey, Ledger, Located, Manifest, MemorySpools, PartContent,
    Relation, Snapshot, build, ledger_parts,
};
use homeroom_testkit::{Edition, Files, district_of};

use crate::intake;

/// A snapshot with its parts.
pub struct Published {
    pub snapshot: Snapshot,
    pub departed: Departed,
    pub parts: BTreeMap<String, Bytes>,
}

impl Published {
    /// What there is before the first publish.
    pub fn nothing() -> Self {
        Self {
            snapshot: Snapshot::empty(),
            departed: Departed::default(),
            parts: BTreeMap::new(),
        }
    }

    /// The snapshot of some parts; `None` if they do not make one.
    pub fn open(number: u64, parts: BTreeMap<String, Bytes>) -> Option<Self> {
        let manifest = manifest(number, &parts);
        let opened = Snapshot::open(&manifest, |name, _| Ok(parts[name].clone()));
        Some(Self {
            snapshot: opened.ok()?,
            departed: Departed::open(parts.get("departed")?).ok()?,
            parts,
        })
    }
}

/// The manifest of parts that are objects of their own.
pub fn manifest(number: u64, parts: &BTreeMap<String, Bytes>) -> Manifest {
    let located = |bytes: &Bytes| Located {
        object: Digest::of(bytes),
        offset: 0,
        length: bytes.len() as u64,
    };
    Manifest {
        format: Manifest::FORMAT,
        number,
        parts: parts
            .iter()
            .map(|(name, bytes)| (name.clone(), located(bytes)))
            .collect(),
    }
}

/// Files of a small district.
pub fn files(edition: u64) -> Files {
    district_of(20, Edition(edition))
}

/// The same as bytes by file.
pub fn by_stem(files: &Files) -> Vec<(Stem, Vec<u8>)> {
    let sent = Stem::ALL.into_iter().filter(|stem| *stem != Stem::Admins);
    sent.map(|stem| (stem, files.bytes(&format!("{}.csv", stem.text())).to_vec()))
        .collect()
}

/// What an import would like to publish; `None` if a file is unreadable as a whole.
pub fn derive(files: &[(Stem, Vec<u8>)], settings: &Settings) -> Option<Candidate> {
    let source = files
        .iter()
        .fold(InMemory::default(), |source, (stem, bytes)| {
            source.with(format!("{}.csv", stem.text()), bytes.clone())
        });
    let mut problems: Vec<Problem> = Vec::new();
    let limits = &settings.limits;
    let files = FileSet::find(&source, limits, &mut problems).ok()?;
    let intake = Intake {
        source: &source,
        files: &files,
        settings,
    };
    let key = HashKey::new([7; 32]);
    let choices = homeroom_derive::Settings::default();
    let mut derive = Derive::new(choices, key, &MemorySpools).expect("memory");
    let mut fatal = false;
    let mut note = |report: std::io::Result<FileReport>| fatal |= report.expect("memory").fatal;
    let to = &mut problems;
    note(intake.schools(to, |place, row, to| drop(derive.school(place, &row, to))));
    note(intake.teachers(to, |place, row, to| drop(derive.teacher(place, &row, to))));
    note(intake.staff(to, |place, row, to| drop(derive.staff(place, &row, to))));
    note(intake.students(to, |place, row, to| drop(derive.student(place, &row, to))));
    note(intake.sections(to, |place, row, to| drop(derive.section(place, &row, to))));
    note(intake.enrollments(to, |place, row, to| {
        let _ = derive.enrollment(place, &row, to);
    }));
    note(intake.resources(to, |place, row, _| drop(derive.resource(place, &row))));
    if fatal {
        return None;
    }
    Some(derive.finish(to).expect("memory").candidate)
}

/// Publishes a candidate after `old`.
pub fn publish(old: &Published, candidate: &Candidate) -> Published {
    let number = old.snapshot.number() + 1;
    let day = i64::try_from(number).expect("small") * 86_400_000;
    let settings = homeroom_change::Settings::new(Timestamp::from_millis(1_700_000_000_000 + day));
    let plan = homeroom_change::compare(&old.snapshot, &old.departed, candidate, &settings);
    let range = (plan.ids_needed() > 0).then(|| IdRange {
        seconds: 1_700_000_000 + u32::try_from(number).expect("small"),
        fence: [9; 5],
        count: plan.ids_needed(),
    });
    let assigned = homeroom_change::assign(
        &plan,
        &old.snapshot,
        &old.departed,
        candidate,
        range,
        &settings,
    );
    let assignment = assigned.expect("a plan fits what it was made from");
    let built = build(
        &old.snapshot,
        &old.departed,
        candidate,
        &assignment,
        &MemorySpools,
    );
    let ledger = Ledger::open(&manifest(number - 1, &old.parts), |name, _| {
        Ok(old.parts[name].clone())
    });
    let ids = ledger_parts(
        &old.snapshot,
        &ledger.expect("what is written can be read"),
        candidate,
        &assignment,
        &MemorySpools,
    );
    let mut parts = BTreeMap::new();
    for part in built.expect("memory").into_iter().chain(ids.expect("memory")) {
        let bytes = match part.content {
            PartContent::Built(bytes) => bytes,
            PartContent::Reused => old.parts[&part.name].clone(),
        };
        parts.insert(part.name, bytes);
    }
    Published::open(number, parts).expect("what is written can be read")
}

/// The sample's first and second snapshot.
pub static SAMPLE: LazyLock<[Published; 2]> = LazyLock::new(|| {
    let settings = Settings::new(intake::today());
    let candidate = |edition| derive(&by_stem(&files(edition)), &settings).expect("good files");
    let first = publish(&Published::nothing(), &candidate(0));
    let second = publish(&first, &candidate(1));
    [first, second]
});

/// The names of the parts that make a snapshot, in a fixed order.
pub fn part_names() -> Vec<String> {
    let tables = Kind::ALL.iter().map(|kind| kind.table().to_owned());
    let relations = Relation::ALL.iter().flat_map(|relation| {
        [
            relation.name().to_owned(),
            format!("{}.back", relation.name()),
        ]
    });
    let mut names: Vec<_> = tables.chain(relations).collect();
    names.push("departed".to_owned());
    names
}

/// The sample's district.
pub fn district() -> District {
    District {
        id: ObjectId::new([5; 12]),
        name: "Elm \"County\"".to_owned(),
        mdr_number: "M1".to_owned(),
        nces_id: String::new(),
        launch_date: Date::new(2025, 8, 1).expect("a day"),
        portal_url: String::new(),
        sis_type: "sftp".to_owned(),
        login_methods: vec!["SAML".to_owned()],
        error: String::new(),
        state: "success".to_owned(),
        last_sync: Some(Timestamp::from_millis(1_700_000_000_123)),
        last_attendance_sync: None,
        pause_start: None,
        pause_end: None,
        contact: None,
    }
}
