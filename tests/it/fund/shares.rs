//! Allocations computed by hand.

use headwater::lens::fund::fund;
use headwater::model::{
    Action, Basis, FundRequest, LeftOut, Maintained, Missing, Observed, PayeeCoverage, Presence,
    Unpayable,
};
use proptest::prelude::*;

use super::{Row, advice, allocate, archived, audit, request, shares};

#[test]
fn shares_follow_priority_within_the_bounds() {
    // Rows; budget; cap, floor, depth share; shares; what is left.
    type Case<'a> = (&'a [Row<'a>], u64, [u32; 3], &'a [&'a str], u64);
    let three: &[Row<'_>] = &[
        ("a", 60.0, 1, &["github:a"]),
        ("b", 30.0, 1, &["github:b"]),
        ("c", 10.0, 1, &["github:c"]),
    ];
    let merged: &[Row<'_>] = &[
        ("a", 40.0, 1, &["github:a"]),
        ("b", 30.0, 1, &["github:Both", "github:b"]),
        ("c", 20.0, 3, &["custom:https://c.example/pay", "open_collective:both"]),
        ("d", 10.0, 2, &["open_collective:both", "github:both"]),
    ];
    let deep: &[Row<'_>] = &[("a", 40.0, 1, &["github:a"]), ("b", 60.0, 2, &["github:b"])];
    let cases: [Case<'_>; 10] = [
        (three, 1000, [10_000, 0, 10_000], &["a 600 a", "b 300 b", "c 100 c"], 0),
        // a is capped at 500, the other 500 go 3 to 1.
        (three, 1000, [5000, 0, 10_000], &["a 500 a", "b 375 b", "c 125 c"], 0),
        // All capped at 200.
        (three, 1000, [2000, 0, 10_000], &["a 200 a", "b 200 b", "c 200 c"], 400),
        // c would get 100, which is not worth it.
        (three, 1000, [10_000, 150, 10_000], &["a 667 a", "b 333 b"], 0),
        // A floor above the cap of 100: one payee may get the floor.
        (three, 1000, [1000, 400, 10_000], &["a 400 a", "b 400 b"], 200),
        // b and d share `github:both` in any case of letters; c and d the collective. As many
        // name the one as the other, so d goes to the first address, and c to the collective,
        // which more projects name than c's own page.
        (merged, 1000, [10_000, 0, 10_000], &["a 400 a", "Both 400 b,d", "both 200 c"], 0),
        // The transitive 600 are held to 250.
        (deep, 1000, [10_000, 0, 2500], &["a 750 a", "b 250 b"], 0),
        (deep, 1000, [10_000, 0, 0], &["a 1000 a"], 0),
        // One project: the cap holds for it as well.
        (&three[..1], 1000, [2000, 0, 10_000], &["a 200 a"], 800),
        (
            &three[..2],
            u64::MAX,
            [10_000, 0, 10_000],
            &["a 12297829382473034410 a", "b 6148914691236517205 b"],
            0,
        ),
    ];
    for (rows, budget, [cap, floor, depth_share], expected, left) in cases {
        let asked = FundRequest {
            cap_basis_points: cap,
            floor_hundredths: u64::from(floor),
            depth_share_basis_points: depth_share,
            ..request(budget)
        };
        let allocation = allocate(rows, asked.clone());
        assert_eq!(allocation.basis, Basis::Payees);
        assert_eq!(shares(&allocation), expected, "{asked:?}");
        assert_eq!(allocation.left_hundredths, left, "{asked:?}");
    }
}

#[test]
fn who_is_not_paid_is_told_with_the_reason() {
    let mut audit = audit(&[
        ("own/a", 90.0, 1, &["github:a"]),
        ("b", 80.0, 1, &["github:b"]),
        ("c", 70.0, 1, &["github:c"]),
        ("d", 60.0, 1, &["github:d"]),
        ("e", 50.0, 1, &["?"]),
        ("f", 40.0, 1, &[]),
        ("g", 30.0, 1, &["bank:by letter"]),
        ("h", 20.0, 1, &["github:h"]),
        ("i", 0.0, 1, &["github:i"]),
        ("j", f64::NAN, 1, &["github:j"]),
    ]);
    audit.facts[0].repository = Observed::Known("https://git.example/own/a.git".into());
    audit.ranking[3].upstream.as_mut().unwrap().forge = archived();
    audit.ranking[4].repository = None;
    let excluded = ["B", "https://git.example/c/", "nobody"].map(str::to_owned).to_vec();
    let allocation = fund(&audit, FundRequest { excluded, ..request(100) });
    assert_eq!(shares(&allocation), ["h 100 h"]);
    let unpayable: Vec<_> =
        allocation.unpayable.iter().map(|(it, why)| (it.name.as_str(), *why)).collect();
    let expected = [
        ("e", Unpayable::Unknown(Missing::NoRepository)),
        ("f", Unpayable::NoPayee),
        ("g", Unpayable::NoAddress),
    ];
    assert_eq!(unpayable, expected);
    let mut left_out: Vec<_> =
        allocation.left_out.iter().map(|(it, why)| (it.name.as_str(), *why)).collect();
    left_out.sort_by_key(|(name, _)| *name);
    let expected = [
        ("b", LeftOut::Excluded),
        ("c", LeftOut::Excluded),
        ("d", LeftOut::Archived),
        ("i", LeftOut::BelowFloor),
        ("j", LeftOut::BelowFloor),
        ("own/a", LeftOut::Own),
    ];
    assert_eq!(left_out, expected);
    assert_eq!(allocation.unmatched, ["nobody"]);
    assert_eq!(allocation.members_without_repository, 0);
}

#[test]
fn advice_decides_who_is_paid() {
    let mut audit = audit(&[
        ("replaced", 90.0, 1, &["github:replaced"]),
        ("kept-up", 80.0, 1, &["github:kept-up"]),
        ("alone", 60.0, 1, &["github:alone"]),
        ("declared", 50.0, 1, &["github:declared"]),
        ("unheard", 40.0, 1, &["github:unheard"]),
        ("busy", 40.0, 1, &["github:busy"]),
        ("given-up", 30.0, 1, &["github:given-up"]),
        ("elsewhere", 20.0, 1, &["github:elsewhere"]),
    ]);
    audit.ranking[7].harm.presence = Presence::OtherTarget;
    audit.ranking[6].advice = advice(Action::Adopt, "its manifest calls it deprecated", None);
    audit.ranking[0].advice = advice(Action::Replace, "superseded", Some("std::newer"));
    audit.ranking[1].advice = advice(Action::Nothing, "well maintained", None);
    audit.ranking[2].advice = advice(Action::Fund, "one person does most of the work", None);
    audit.ranking[3].chance = Observed::Missing(Missing::InTrouble);
    audit.ranking[4].chance = Observed::Missing(Missing::NoIndexEntry);
    audit.ranking[5].advice = advice(Action::Contribute, "a fix is missing", None);

    let allocation = fund(&audit, request(1000));
    assert_eq!(shares(&allocation), ["alone 600 alone", "busy 400 busy"]);
    let left_out = |it: &headwater::model::Allocation| -> Vec<(String, LeftOut)> {
        it.left_out.iter().map(|(project, why)| (project.name.clone(), *why)).collect()
    };
    let replaced = ("replaced".to_owned(), LeftOut::Replace);
    let declared = ("declared".to_owned(), LeftOut::Unmaintained);
    let given_up = ("given-up".to_owned(), LeftOut::Unmaintained);
    let kept_up = ("kept-up".to_owned(), LeftOut::NoAction);
    let elsewhere = ("elsewhere".to_owned(), LeftOut::NotBuilt);
    assert_eq!(
        left_out(&allocation),
        [replaced.clone(), kept_up, given_up.clone(), elsewhere.clone(), declared.clone()]
    );
    let not_assessed: Vec<_> =
        allocation.not_assessed.iter().map(|(it, why)| (it.name.as_str(), *why)).collect();
    assert_eq!(not_assessed, [("unheard", Missing::NoIndexEntry)]);

    // Who needs no action is paid where the user asks for it; the others still are not.
    let asked = FundRequest { maintained: Maintained::Included, ..request(1800) };
    let allocation = fund(&audit, asked);
    assert_eq!(shares(&allocation), ["kept-up 800 kept-up", "alone 600 alone", "busy 400 busy"]);
    assert_eq!(left_out(&allocation), [replaced, given_up, elsewhere, declared]);
}

#[test]
fn the_priority_with_a_known_payee_is_told_apart() {
    let rows: &[Row<'_>] = &[
        ("a", 10.0, 1, &["github:a"]),
        ("b", 20.0, 1, &[]),
        ("c", 30.0, 1, &["bank:by letter"]),
        ("d", 40.0, 1, &["?"]),
    ];
    let payees = allocate(rows, request(100)).payees;
    let rounded = |sum: f64| (sum * 1e6).round() / 1e6;
    let found = [payees.known, payees.none, payees.unknown].map(rounded);
    assert_eq!(found, [0.1, 0.5, 0.4]);
    assert_eq!(payees.share().map(rounded), Some(0.1));
    // Nothing to share by is no share of zero.
    assert_eq!(PayeeCoverage::default().share(), None);
    assert_eq!(allocate(&[("a", 0.0, 1, &["github:a"])], request(100)).payees.share(), None);
}

#[test]
fn a_package_name_excludes_its_project() {
    let rows: &[Row<'_>] = &[("a", 60.0, 1, &["github:a"]), ("b", 40.0, 1, &["github:b"])];
    let excluded = vec!["a-package".to_owned()];
    let allocation = allocate(rows, FundRequest { excluded, ..request(100) });
    assert_eq!(shares(&allocation), ["b 100 b"]);
    assert_eq!(allocation.members_without_repository, 1);
}

#[test]
fn where_nobody_was_asked_the_split_is_a_suggestion() {
    let rows: &[Row<'_>] = &[("a", 60.0, 1, &["?"]), ("b", 40.0, 1, &["?"])];
    let allocation = allocate(rows, request(100));
    assert_eq!(allocation.basis, Basis::Suggestion);
    assert_eq!(shares(&allocation), ["- 60 a", "- 40 b"]);
    assert_eq!(allocation.unpayable.len(), 2);
    assert_eq!(allocation.unpayable[0].1, Unpayable::Unknown(Missing::NotAsked));

    // Once it is known of one project, even that it names nobody, amounts are payments.
    let rows: &[Row<'_>] = &[("a", 60.0, 1, &["?"]), ("b", 40.0, 1, &[])];
    let allocation = allocate(rows, request(100));
    assert_eq!((allocation.basis, allocation.left_hundredths), (Basis::Payees, 100));
    assert_eq!(shares(&allocation), [""; 0]);
}

#[test]
fn the_pledge_is_two_thousand_dollars_a_developer() {
    // Budget, currency, developers; hundredths for each, asked, lacking.
    let cases = [
        (1_000_000, "USD", 5, 200_000, 1_000_000, Some(0)),
        (1_000_000, "USD", 6, 166_666, 1_200_000, Some(200_000)),
        (2_000_000, "USD", 6, 333_333, 1_200_000, Some(0)),
        (3, "USD", 7, 0, 1_400_000, Some(1_399_997)),
        (1_000_000, "EUR", 5, 200_000, 1_000_000, None),
        (u64::MAX, "USD", u32::MAX, 4_294_967_297, 858_993_459_000_000, Some(0)),
    ];
    for (budget, currency, developers, each, asked, gap) in cases {
        let asking = FundRequest {
            developers: Some(developers),
            currency: currency.into(),
            ..request(budget)
        };
        let pledge = allocate(&[], asking).pledge.unwrap();
        let found =
            (pledge.per_developer_hundredths, pledge.asked_hundredths, pledge.gap_hundredths);
        assert_eq!(found, (each, asked, gap), "{budget} {currency} for {developers}");
    }
    assert_eq!(allocate(&[], request(100)).pledge, None);
}

proptest! {
    #[test]
    fn payments_and_what_is_left_are_the_budget(
        rows in proptest::collection::vec(
            (0.0..100.0_f64, 1..4_u32, 0..6_usize, 0..8_usize), 0..20),
        includes in any::<bool>(),
        budget in prop_oneof![1..100_000_u64, Just(u64::MAX)],
        [cap, depth_share] in [0..=10_000_u32, 0..=10_000_u32],
        floor in 0..20_000_u64,
    ) {
        let accounts = [&["?"][..], &[], &["github:a"], &["github:b", "ko_fi:x"], &["ko_fi:x"], &["polar:c"]];
        let names: Vec<String> = (0..rows.len()).map(|at| format!("project-{at}")).collect();
        let table: Vec<Row<'_>> = rows
            .iter()
            .zip(&names)
            .map(|((priority, depth, payees, _), name)| (name.as_str(), *priority, *depth, accounts[*payees]))
            .collect();
        let asked = FundRequest {
            cap_basis_points: cap,
            floor_hundredths: floor.min(budget),
            depth_share_basis_points: depth_share,
            maintained: if includes { Maintained::Included } else { Maintained::LeftOut },
            ..request(budget)
        };
        let mut audit = audit(&table);
        for (project, (.., kind)) in audit.ranking.iter_mut().zip(&rows) {
            match kind {
                0..5 => project.advice = advice(Action::ALL[*kind], "so", Some("other")),
                5 => project.chance = Observed::Missing(Missing::InTrouble),
                6 => project.chance = Observed::Missing(Missing::NoIndexEntry),
                _ => {}
            }
        }
        let allocation = fund(&audit, asked.clone());
        let listed = allocation.payments.iter().map(|it| it.projects.len()).sum::<usize>()
            + allocation.left_out.len() + allocation.not_assessed.len();
        if allocation.basis == Basis::Payees {
            prop_assert_eq!(listed + allocation.unpayable.len(), rows.len());
        }
        for project in allocation.payments.iter().flat_map(|it| &it.projects) {
            let action = project.advice.known().map(|it| it.action);
            prop_assert!(project.chance.is_some());
            prop_assert!(![Some(Action::Replace), Some(Action::Adopt)].contains(&action));
            prop_assert!(includes || action != Some(Action::Nothing));
        }
        let paid: u128 = allocation.payments.iter().map(|it| u128::from(it.amount_hundredths)).sum();
        prop_assert_eq!(paid + u128::from(allocation.left_hundredths), u128::from(budget));
        prop_assert!(allocation.payments.iter().all(|it| it.amount_hundredths >= asked.floor_hundredths));
        let mut addresses: Vec<_> =
            allocation.payments.iter().filter_map(|it| it.payee.as_ref()?.url.clone()).collect();
        let payees = addresses.len();
        addresses.sort();
        addresses.dedup();
        prop_assert_eq!(addresses.len(), payees);
        prop_assert_eq!(fund(&audit, asked), allocation);
    }
}
