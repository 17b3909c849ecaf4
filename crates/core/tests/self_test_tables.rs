//! The tables of the self-test over every combination of what they depend on, and the same tables as documentation.

use dualwatch_core::{
    judge::verdict::{Edge, PageControl, Side},
    measure::family::{Family, PerFamily},
    self_test::{
        addresses::Presence,
        conclude::{Whole, sentence},
        evidence::{Clock, Endpoint},
        family::{Dual, FAMILY_SAYS, FAMILY_THEN, FamilyFacts, FamilyFinding, FamilyState, of_family, row_of_family},
        question::Question,
        reach::said,
        sentence::Sentence,
        target::{Asked, Dns, EdgeSays, Next, TARGET_SAYS, TARGET_THEN, TargetFacts, next, of_target, row_of_target},
        told::{Pace, Refusal, Told},
        why::Why,
    },
};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

const DUALS: [Dual; 8] = [
    Dual::Untold,
    Dual::Asked,
    Dual::Chosen,
    Dual::ChosenLate,
    Dual::PassedBy,
    Dual::NotChosen,
    Dual::WaitedFor,
    Dual::HangsOn,
];
const ENDPOINTS: [Endpoint; 3] = [Endpoint::Unwatched, Endpoint::Up, Endpoint::Down];
const LITERALS: [Told; 4] = [Told::NotAsked, Told::Waiting, Told::Ok, Told::Silent];
const NEUTRALS: [Told; 4] = [Told::NotAsked, Told::Waiting, Told::Ok, Told::Failed(Pace::Unclear)];
const LARGE: [Told; 6] = [Told::NotAsked, Told::Waiting, Told::Ok, Told::Slow, Told::Silent, Told::Partial];
const UPLOADS: [Told; 4] = [Told::NotAsked, Told::Waiting, Told::Ok, Told::Silent];

/// Calls `check` with everything that a family's table can depend on.
fn every_family(mut check: impl FnMut(FamilyFacts)) {
    for name in Told::ALL {
        for (literal, neutral) in LITERALS.into_iter().flat_map(|literal| NEUTRALS.map(|neutral| (literal, neutral))) {
            for large in LARGE {
                for upload in UPLOADS {
                    for dual in DUALS {
                        for presence in Presence::ALL {
                            for endpoint in ENDPOINTS {
                                for (is_proven_elsewhere, is_page_asked) in
                                    [(false, false), (false, true), (true, false), (true, true)]
                                {
                                    check(FamilyFacts {
                                        name,
                                        literal,
                                        neutral,
                                        large,
                                        upload,
                                        dual,
                                        presence,
                                        endpoint,
                                        is_proven_elsewhere,
                                        is_page_asked,
                                    });
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_combination_of_a_family_has_its_row() {
    let mut reached = BTreeSet::new();
    every_family(|f| {
        let (row, finding) = (row_of_family(&f), of_family(&f));
        reached.insert(row);
        assert_eq!(finding, FAMILY_THEN[row], "{f:?}");
        let is = |why: &[Why]| why.contains(&finding.why);
        if f.is_proven() {
            match finding.state {
                FamilyState::Broken => assert!(is(&[Why::LargeLost, Why::CutShort]), "{f:?} {finding:?}"),
                FamilyState::Blocked => assert!(is(&[Why::NamesFiltered, Why::NameBlocked]), "{f:?} {finding:?}"),
                FamilyState::Unknown => assert!(is(&[Why::Checking]), "{f:?} {finding:?}"),
                FamilyState::None => panic!("proven and not there: {f:?}"),
                FamilyState::Works | FamilyState::Slow => {}
            }
        } else {
            assert!(!matches!(finding.state, FamilyState::Works | FamilyState::Slow), "not proven: {f:?} {finding:?}");
        }
        // A family without an address, or that is not tried, costs nobody time; one that is waited for does.
        if finding.state == FamilyState::None {
            assert!(f.dual != Dual::WaitedFor && f.name != Told::Silent, "{f:?}");
            assert!(f.name != Told::Overdue || f.dual == Dual::PassedBy, "{f:?}");
        }
        // What only hints is never certain, and what was not asked accuses nobody.
        let is_passed_by = f.presence == Presence::Absent && f.dual == Dual::PassedBy;
        if matches!(f.name, Told::NotAsked | Told::Waiting) && !f.is_proven() && !is_passed_by {
            assert_eq!(finding.side(), Side::Unknown, "{f:?} {finding:?}");
        }
        // Somebody else's word that our server is up only makes it surer; that it is down takes the accusation away.
        let with = |endpoint| of_family(&FamilyFacts { endpoint, ..f });
        let (unwatched, up) = (with(Endpoint::Unwatched), with(Endpoint::Up));
        assert_eq!((unwatched.state, unwatched.why), (up.state, up.why), "{f:?}");
        assert!(up.confidence >= unwatched.confidence, "{f:?}");
        if f.endpoint == Endpoint::Down && f.name.is_dead() && !f.is_proven() {
            assert_eq!(finding.why, Why::OurServer, "{f:?}");
        }
        // What blocks a name is only named where the same server answers under another one, and never of what answers itself.
        if finding.why == Why::NameBlocked {
            assert!(f.name.is_dead() && f.neutral == Told::Ok, "{f:?} {finding:?}");
            assert!(finding.side() == Side::You && f.endpoint != Endpoint::Down, "{f:?}");
        }
        // While that is being asked, nobody is accused of anything.
        if f.name.is_dead() && f.neutral == Told::Waiting && f.endpoint != Endpoint::Down {
            assert_eq!(finding.side(), Side::Unknown, "{f:?} {finding:?}");
        }
        // Nobody is accused of what our endpoint does while the page's own address may still prove the family.
        if f.is_page_asked && f.name.is_dead() && finding.state == FamilyState::Broken {
            assert!(f.is_proven(), "{f:?} {finding:?}");
        }
        // What proves a family takes nothing but these away.
        let proven = of_family(&FamilyFacts { is_proven_elsewhere: true, ..f });
        assert!(proven.state != FamilyState::None, "{f:?}");
    });
    let missing: Vec<_> =
        (0..FAMILY_SAYS.len()).filter(|row| !reached.contains(row)).map(|row| FAMILY_SAYS[row]).collect();
    assert!(missing.is_empty(), "rows that nothing reaches: {missing:?}");
}

#[test]
fn every_pair_of_families_has_its_sentence() {
    let mut findings: Vec<FamilyFinding> = Vec::new();
    for finding in FAMILY_THEN {
        if !findings.contains(finding) {
            findings.push(*finding);
        }
    }
    let mut reached = Vec::new();
    let proven = |finding: &FamilyFinding| match finding.state {
        FamilyState::Works | FamilyState::Slow => vec![true],
        FamilyState::None => vec![false],
        FamilyState::Broken if matches!(finding.why, Why::LargeLost | Why::CutShort) => vec![true],
        FamilyState::Broken => vec![false],
        FamilyState::Blocked => vec![finding.why == Why::NamesFiltered],
        FamilyState::Unknown => vec![false, finding.why == Why::Checking],
    };
    for v4 in &findings {
        for v6 in &findings {
            for (p4, p6) in proven(v4).into_iter().flat_map(|p4| proven(v6).into_iter().map(move |p6| (p4, p6))) {
                for portal in [Told::NotAsked, Told::Waiting, Told::Ok, Told::Foreign, Told::Silent] {
                    for clock in [Clock::Unknown, Clock::Right, Clock::Wrong] {
                        for is_offline in [false, true] {
                            let families = PerFamily { ipv4: *v4, ipv6: *v6 };
                            let proven = PerFamily { ipv4: p4, ipv6: p6 };
                            for dual in [Told::Ok, Told::NotAsked, Told::Silent, Told::Failed(Pace::Unclear)] {
                                let whole = Whole { families, proven, portal, dual, clock, is_offline };
                                let (said, why, _) = sentence(&whole);
                                if said == Sentence::Both {
                                    let is_blocked = [v4.why, v6.why].contains(&Why::NameBlocked);
                                    assert_eq!(why == Why::NameBlocked, is_blocked, "it is the visitor's: {whole:?}");
                                    let is_ours =
                                        !is_blocked && ([v4.why, v6.why].contains(&Why::OurName) || dual.is_dead());
                                    assert_eq!(why == Why::OurName, is_ours, "a row beside it fails: {whole:?}");
                                }
                            }
                            let dual = Told::Ok;
                            let whole = Whole { families, proven, portal, dual, clock, is_offline };
                            let (said, why, confidence) = sentence(&whole);
                            if !reached.contains(&said) {
                                reached.push(said);
                            }
                            holds(&whole, said, why);
                            // The order of the families decides nothing but which one is spoken of.
                            let mirrored = Whole {
                                families: PerFamily { ipv4: *v6, ipv6: *v4 },
                                proven: PerFamily { ipv4: p6, ipv6: p4 },
                                ..whole
                            };
                            let other = sentence(&mirrored);
                            let is_tie = v4.state == v6.state || (other.0.code(), other.2) != (said.code(), confidence);
                            if !is_tie {
                                assert_eq!(other.0.family(), said.family().map(Family::other), "{whole:?}");
                            }
                        }
                    }
                }
            }
        }
    }
    let missing: Vec<_> = Sentence::all().into_iter().filter(|sentence| !reached.contains(sentence)).collect();
    assert!(missing.is_empty(), "sentences that nothing reaches: {missing:?}");
}

/// What a sentence says of the families must be so.
fn holds(whole: &Whole, said: Sentence, why: Why) {
    use FamilyState as S;
    let state = |family| whole.families.get(family).state;
    let of = |family: Family, states: &[FamilyState]| {
        assert!(states.contains(&state(family)), "{said:?} {whole:?}");
    };
    match said {
        Sentence::Both => Family::ALL.into_iter().for_each(|family| of(family, &[S::Works])),
        Sentence::BothSlow => Family::ALL.into_iter().for_each(|family| of(family, &[S::Slow])),
        Sentence::BothAnswer => assert!(whole.proven.ipv4 && whole.proven.ipv6),
        Sentence::Only(f) => {
            of(f, &[S::Works]);
            of(f.other(), &[S::None]);
        }
        Sentence::Slow(f) => of(f, &[S::Slow]),
        Sentence::Broken(f) | Sentence::Hangs(f) | Sentence::LosesLarge(f) => of(f, &[S::Broken]),
        Sentence::Blocked(f) => of(f, &[S::Blocked]),
        Sentence::DoesNotWork(f) | Sentence::Untested(f) | Sentence::OursDown(f) => of(f, &[S::Unknown]),
        Sentence::Answers(f) => assert!(*whole.proven.get(f), "{whole:?}"),
        Sentence::Offline | Sentence::Portal | Sentence::WrongClock => {
            assert!(!whole.proven.ipv4 && !whole.proven.ipv6, "{said:?} {whole:?}");
        }
        Sentence::NothingAnswers => assert_eq!(why.side(), Side::Unknown),
        Sentence::Checking
        | Sentence::NothingWorks
        | Sentence::OursAllDown
        | Sentence::NotAllowed
        | Sentence::NotTested => {}
    }
    if matches!(said, Sentence::Broken(_) | Sentence::Hangs(_) | Sentence::Slow(_) | Sentence::LosesLarge(_)) {
        assert!(why.side() != Side::None, "{said:?} {why:?}");
    }
}

#[test]
fn every_combination_of_a_service_has_its_row() {
    let told = [
        Told::NotAsked,
        Told::Waiting,
        Told::Ok,
        Told::Silent,
        Told::Failed(Pace::AtOnce),
        Told::Failed(Pace::Unclear),
    ];
    let controls = [
        PageControl::Ok,
        PageControl::FailedNoAddress,
        PageControl::FailedHasAddress,
        PageControl::Failed,
        PageControl::NotMeasured,
    ];
    let edges = [Edge::Ok, Edge::Failed, Edge::Blind, Edge::Late, Edge::Unpublished, Edge::Nothing];
    let mut reached = BTreeSet::new();
    for readable in Told::ALL {
        for (hidden, alias) in told.into_iter().flat_map(|hidden| told.map(|alias| (hidden, alias))) {
            for (control, edge) in controls.into_iter().flat_map(|control| edges.map(|edge| (control, edge))) {
                for dns in [Dns::Unknown, Dns::Addresses, Dns::Private, Dns::NoAddresses, Dns::NoSuchName] {
                    let says = [EdgeSays::Other, EdgeSays::Certificate, EdgeSays::Status];
                    let flags = [(false, false), (false, true), (true, false), (true, true)];
                    for (edge_says, (is_secure, has_own_authority)) in
                        says.into_iter().flat_map(|says| flags.map(|flags| (says, flags)))
                    {
                        let f = TargetFacts {
                            readable,
                            hidden,
                            alias,
                            control,
                            dns,
                            edge,
                            edge_says,
                            is_secure,
                            has_own_authority,
                        };
                        let (row, finding) = (row_of_target(&f), of_target(&f));
                        reached.insert(row);
                        assert_eq!(finding, TARGET_THEN[row], "{f:?}");
                        let is_policy = matches!(finding.why, Why::Csp | Why::MixedContent);
                        let is_dns = matches!(finding.why, Why::NoSuchName | Why::PrivateAddress);
                        if finding.side() == Side::Them && !is_policy && !is_dns && readable != Told::Status {
                            assert_eq!(edge, Edge::Failed, "the visitor alone accuses nobody: {f:?}");
                        }
                        if finding.side() == Side::Between {
                            assert_eq!((control, edge), (PageControl::Ok, Edge::Ok), "{f:?}");
                        }
                        let side = said(&f).side;
                        if side == Side::Them && readable.is_dead() && !is_dns {
                            assert_eq!(edge, Edge::Failed, "nor do both together: {f:?}");
                        }
                        if readable.is_answer() || (hidden.is_answer() && !matches!(readable, Told::Refused(_))) {
                            assert!(!matches!(finding.why, Why::Down | Why::Between | Why::YourFamily), "{f:?}");
                        }
                    }
                }
            }
        }
    }
    let missing: Vec<_> =
        (0..TARGET_SAYS.len()).filter(|row| !reached.contains(row)).map(|row| TARGET_SAYS[row]).collect();
    assert!(missing.is_empty(), "rows that nothing reaches: {missing:?}");
}

#[test]
fn a_service_is_asked_until_it_is_clear() {
    let dead = Told::Failed(Pace::Unclear);
    let mut asked = Asked { has_alias: true, ..Asked::default() };
    assert_eq!(next(&asked), Some((Next::Readable, 0)));
    (asked.n_readable, asked.readable) = (1, Told::Waiting);
    assert_eq!(next(&asked), None);
    assert_eq!(next(&Asked { readable: Told::Ok, ..asked }), None);
    assert_eq!(next(&Asked { readable: Told::Refused(Refusal::Csp), ..asked }), None);
    asked.readable = dead;
    assert_eq!(next(&asked), Some((Next::Hidden, 0)));
    assert_eq!(next(&Asked { hidden: Told::Ok, ..asked }), None);
    asked.hidden = dead;
    assert_eq!(next(&asked), Some((Next::Alias, 0)));
    asked.alias = dead;
    assert_eq!(next(&asked).map(|(next, _)| next), Some(Next::Readable));
    assert_eq!(next(&Asked { n_readable: 2, ..asked }), None);
    let silent = Asked { readable: Told::Silent, n_readable: 1, has_alias: true, ..Asked::default() };
    assert_eq!(next(&silent).map(|(next, _)| next), Some(Next::Readable));
    assert_eq!(next(&Asked { n_readable: 2, ..silent }), None);
}

/// The tables as they decide, in words: `DUALWATCH_TESTS_WRITE=1` writes them anew.
#[test]
fn the_tables_are_what_is_written_of_them() {
    let mut text = String::from(
        "# How the self-test decides\n\nWritten by `crates/core/tests/self_test_tables.rs` from the tables themselves \
         (`DUALWATCH_TESTS_WRITE=1`). Of each table the first row that holds.\n\n## A family of the visitor's\n\n\
         | | what was found | state | cause | side | confidence |\n|---|---|---|---|---|---|\n",
    );
    for (i, (says, then)) in FAMILY_SAYS.iter().zip(FAMILY_THEN).enumerate() {
        let (state, why) = (then.state.code(), then.why.code());
        let (side, confidence) = (then.side().code(), then.confidence.code());
        writeln!(text, "| {} | {says} | `{state}` | `{why}` | {side} | {confidence} |", i + 1).unwrap();
    }
    text += "\n## A service\n\n| | what was found | cause | side | confidence |\n|---|---|---|---|---|\n";
    for (i, (says, then)) in TARGET_SAYS.iter().zip(TARGET_THEN).enumerate() {
        let (why, side, confidence) = (then.why.code(), then.side().code(), then.confidence.code());
        writeln!(text, "| {} | {says} | `{why}` | {side} | {confidence} |", i + 1).unwrap();
    }
    text += "\n## A question\n\n| `data-state` | `data-cause` |\n|---|---|\n";
    for told in Told::ALL {
        let cause = told.cause().map_or(String::new(), |cause| format!("`{cause}`"));
        writeln!(text, "| `{}` | {cause} |", told.code()).unwrap();
    }
    text += "\n## Codes\n\n";
    let list = |codes: Vec<&str>| codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(" ");
    writeln!(text, "- Questions: {}", list(Question::ALL.map(Question::code).to_vec())).unwrap();
    let mut sentences: Vec<&str> = Sentence::all().into_iter().map(Sentence::code).collect();
    sentences.dedup();
    writeln!(text, "- Sentences: {}", list(sentences)).unwrap();
    writeln!(text, "- Causes: {}", list(Why::ALL.iter().map(|why| why.code()).collect())).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("SELF_TEST.md");
    if std::env::var_os("DUALWATCH_TESTS_WRITE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} is not as the tables are; write it with DUALWATCH_TESTS_WRITE=1", path.display());
}
