//! The charts of a service on real workerd: every figure in their tables is what rounds gave, and what nobody saw is a gap.

use dualwatch_core::measure::{
    sample::Phases,
    time::{HOUR, MINUTE, Timestamp},
};
use dualwatch_tests::{
    feed::{REFUSED, WELL, deliver_rounds, round_at},
    told::Told,
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::Round;
use dualwatch_words::report::moment;
use serde_json::json;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SOON: Duration = Duration::from_secs(30);
const STEP: i64 = 10 * MINUTE;
const N_STEPS: i64 = 12;
/// A round each minute, but in these steps nobody looks; in that one IPv6 is refused.
const UNSEEN: [i64; 2] = [4, 5];
const DOWN: i64 = 8;

/// How long answers take in a step, over IPv4; over IPv6 a quarter more.
fn total(step: i64) -> f64 {
    40.0 + 7.0 * step as f64
}

fn round(url: &str, begin: Timestamp, minute: i64) -> Option<Round> {
    let step = minute / 10;
    if UNSEEN.contains(&step) {
        return None;
    }
    let look = if step == DOWN { REFUSED } else { WELL };
    let mut round = round_at(url, "one", look, begin + minute * MINUTE);
    let phases = |total: f64| Phases {
        resolve: Some(3.0),
        connect: Some(total / 4.0),
        first_byte: Some(total / 2.0),
        total: Some(total),
        ..Phases::default()
    };
    round.ipv4.phases_ms = phases(total(step));
    if step != DOWN {
        round.ipv6.phases_ms = phases(total(step) * 1.25);
    }
    Some(round)
}

/// A row of the first table: the moment, and what stands in its cells.
fn rows(page: &str) -> Vec<(String, [String; 3])> {
    let text = |part: &str| part.split('<').next().unwrap_or_default().replace('\u{a0}', " ");
    let row = |row: &str| {
        let cells: Vec<String> = row.split("<td>").skip(1).map(text).collect();
        (text(row.split("scope=\"row\">").nth(1).unwrap_or_default()), cells.try_into().expect("three cells"))
    };
    page.split("<tr data-x=").skip(1).map(|part| row(part.split("</tr>").next().unwrap_or_default())).collect()
}

/// The number at the beginning of a cell.
fn ms(cell: &str) -> f64 {
    cell.trim_start_matches('+').split(" ms").next().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// Whether it is that, as exactly as what is kept of a latency, and as it is printed.
fn is_near(told: f64, expected: f64) -> bool {
    let printed = if expected < 99.0 { 0.051 } else { 0.51 };
    (told - expected).abs() <= expected.abs() / 128.0 + printed
}

#[test]
fn every_figure_of_a_chart_is_what_rounds_gave() {
    let setting = Told::new();
    let url = setting.silent_url() + "shop";
    let target = json!({ "name": "Shop", "slug": "shop", "url": url, "interval": 60, "timeout": 60 });
    let worker = setting.start(&setting.config(&[target], &[Told::channel("ops", &setting.receiver)]));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let now = Timestamp::from_unix_ms(i64::try_from(now).expect("a time"));
    let begin = now - 4 * HOUR;
    let begin = begin - begin.unix_ms().rem_euclid(STEP);
    let rounds = (0..N_STEPS * 10).filter_map(|minute| round(&url, begin, minute));
    deliver_rounds(worker.edge.addresses()[0], "one", "shop", rounds.collect());

    let page = eventually("its page", SOON, || {
        let (status, _, page) = worker.get("/targets/shop");
        (status == 200 && page.contains("chart-latency")).then_some(page)
    });
    let rows = rows(&page);
    for step in 0..N_STEPS {
        let head = moment(begin + step * STEP);
        let row = rows.iter().find(|(at, _)| *at == head);
        // What the last round before a gap says, it says for the time until the next one was due: seconds, at most.
        if UNSEEN.contains(&step) {
            let is_empty = |(_, cells): &(String, [String; 3])| cells.iter().all(|cell| !cell.contains("ms"));
            assert!(row.is_none_or(is_empty), "{row:?}");
            continue;
        }
        let (_, [ipv4, ipv6, difference]) = row.unwrap_or_else(|| panic!("{head} is not in {rows:?}"));
        assert!(is_near(ms(ipv4), total(step)), "{head}: {ipv4}");
        if step == DOWN {
            assert!(ipv6.starts_with("down ") && difference.is_empty(), "{head}: {ipv6}, {difference}");
            continue;
        }
        assert!(is_near(ms(ipv6), total(step) * 1.25), "{head}: {ipv6}");
        assert!((ms(difference) - (ms(ipv6) - ms(ipv4))).abs() <= 0.61, "{head}: {difference}, as they are printed");
    }
    // As many pieces as there are stretches in which answers came.
    // The samples of the legend have the same classes, and one piece.
    let (_, chart) = page.split_once("chart-latency").expect("the chart");
    let of =
        |class: &str| chart.split(&format!("class=\"{class}\" d=\"")).nth(1).and_then(|path| path.split('"').next());
    let n = |class: &str| of(class).map(|path| path.matches('M').count());
    assert_eq!((n("line ipv4"), n("line ipv6")), (Some(2), Some(3)), "{chart}");

    ranges(&worker);
    policy(&worker);
}

/// Every range is drawn, names itself, and leads to the others in the same language.
fn ranges(worker: &Worker) {
    for (range, said) in
        [("24h", "24 Stunden"), ("7d", "7 Tage"), ("30d", "30 Tage"), ("90d", "90 Tage"), ("1y", "1 Jahr")]
    {
        let begun = Instant::now();
        let (status, _, page) = worker.get(&format!("/targets/shop?range={range}&lang=de"));
        println!("{range}: {} bytes, {} ms", page.len(), begun.elapsed().as_millis());
        assert_eq!(status, 200, "{range}: {page}");
        assert!(page.contains(&format!("Latenz, {said}</title>")), "{range}: {page}");
        assert!(page.contains("href=\"/targets/shop?range=90d&amp;lang=de\""), "{range}: {page}");
        assert!(page.contains("id=\"chart-year-ipv6-title\""), "{range}");
    }
    let (status, _, told) = worker.get("/targets/shop?range=5y");
    assert_eq!(status, 400, "{told}");
    assert!(told.contains("`range` is one of 24h, 7d, 30d, 90d, 1y, not `5y`"), "{told}");
}

/// The page runs no script but its own, and no style stands in its markup.
fn policy(worker: &Worker) {
    let answer = worker.ask("GET", "/targets/shop", &[]);
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let (_, _, page) = worker.get("/targets/shop");
    assert!(!page.contains(" style=") && !page.contains("<style"), "{page}");
    for part in page.split("<script ").skip(1) {
        assert!(part.starts_with("type=\"module\" src=\"/assets/chart-"), "{part}");
    }
    for kind in ["js", "css"] {
        let file = page.split('"').find(|text| text.starts_with("/assets/chart-") && text.ends_with(kind));
        let (status, _, text) = worker.get(file.expect("it is named"));
        assert!(status == 200 && !text.is_empty(), "{kind}");
    }
}
