//! The table in Markdown. It has a column for each variant, and the cost that the layers add to the
//! bare server.

use crate::callgrind::Count;
use crate::rounds::{Cost, Rounds};
use crate::variants::Variant;

const COUNT: usize = Variant::ALL.len();
const BARE: usize = Variant::Bare as usize;
const OURS: usize = Variant::Ours as usize;

/// Prints the table, and whether ours is the cheapest of the variants that record the same.
pub(crate) fn print(calls: &Rounds, sockets: &Rounds, instructions: &[Count; COUNT]) {
    println!("| |{}", row(Variant::ALL.map(|variant| variant.name().to_owned())));
    println!("| --- |{}", row(Variant::ALL.map(|_| "---:".to_owned())));
    println!("| records |{}", row(Variant::ALL.map(|variant| variant.records().to_owned())));

    let per_second = sockets.each(|cost| 1e9 / cost.nanoseconds);
    println!("| **requests/s over loopback** |{}", row(per_second.map(Found::rounded)));
    println!("| relative to axum alone |{}", row(sockets.ratios(BARE).map(Found::ratio)));
    println!("| spans arrived |{}", row(Variant::ALL.map(|variant| arrived(variant, sockets))));

    println!(
        "| in process, ns a request |{}",
        row(calls.each(|cost| cost.nanoseconds).map(Found::rounded))
    );
    println!("| added |{}", row(calls.added(|cost| cost.nanoseconds).map(Found::rounded)));
    println!(
        "| CPU of all threads, ns a request |{}",
        row(calls.each(|cost| cost.cpu_nanoseconds).map(Found::rounded))
    );
    println!("| added |{}", row(calls.added(|cost| cost.cpu_nanoseconds).map(Found::rounded)));
    println!("| spans arrived |{}", row(Variant::ALL.map(|variant| arrived(variant, calls))));

    let caller = instructions.map(|found| found.caller);
    let all = instructions.map(|found| found.all);
    println!("| **instructions a request**, calling thread |{}", row(caller.map(whole)));
    println!("| added |{}", row(caller.map(|found| whole(found - caller[BARE]))));
    println!("| all threads |{}", row(all.map(whole)));
    println!("| added |{}", row(all.map(|found| whole(found - all[BARE]))));

    println!("\nAdded by ours, relative to the cheaper of the peers that record the same:\n");
    let added = calls.added(|cost| cost.nanoseconds).map(|found| found.median);
    let added_cpu = calls.added(|cost| cost.cpu_nanoseconds).map(|found| found.median);
    let added_caller = caller.map(|found| found - caller[BARE]);
    let added_all = all.map(|found| found - all[BARE]);
    for (what, added) in [
        ("instructions of the calling thread", &added_caller),
        ("instructions of all threads", &added_all),
        ("nanoseconds in process", &added),
        ("nanoseconds of CPU", &added_cpu),
    ] {
        println!("* {what}: {:.2}", relative_to_the_cheaper(added));
    }
    let faster = peers()
        .map(|index| sockets.ratios(index)[OURS])
        .min_by(|one, other| one.median.total_cmp(&other.median));
    println!(
        "\nRequests per second relative to the faster of them, in the same round: {}.",
        faster.map(Found::ratio).unwrap_or_default()
    );

    let relative_to_least =
        |added: &[f64; COUNT]| added[OURS] / added[Variant::FastraceTower as usize];
    println!(
        "\nfastrace-tower is excluded, since it records only the method. Ours adds {:.2} times its instructions on the calling thread, {:.2} times \
         on all threads.",
        relative_to_least(&added_caller),
        relative_to_least(&added_all)
    );

    let cheapest =
        relative_to_the_cheaper(&added_caller) <= 1.0 && relative_to_the_cheaper(&added_all) <= 1.0;
    let verdict = if cheapest {
        "ours is the cheapest of those that record the same"
    } else {
        "a peer that records the same is cheaper than ours"
    };
    println!("\nBy count of instructions {verdict}.");
}

fn row(cells: [String; COUNT]) -> String {
    cells.map(|cell| format!(" {cell} |")).concat()
}

/// Returns the peers that record the same as ours.
fn peers() -> impl Iterator<Item = usize> {
    let records_the_same =
        |variant: Variant| variant != Variant::Ours && variant.records() == Variant::Ours.records();
    (0..COUNT).filter(move |index| records_the_same(Variant::ALL[*index]))
}

fn relative_to_the_cheaper(added: &[f64; COUNT]) -> f64 {
    added[OURS] / peers().map(|index| added[index]).fold(f64::INFINITY, f64::min)
}

fn arrived(variant: Variant, rounds: &Rounds) -> String {
    let arrived: u64 = rounds.rounds.iter().map(|round| round[variant as usize].arrived).sum();
    match variant.spans() * rounds.requests {
        0 => arrived.to_string(),
        left => format!("{arrived} of {left}"),
    }
}

/// Formats a number with spaces between thousands.
fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let (sign, digits) = digits.split_at(usize::from(digits.starts_with('-')));
    let first = digits.len() % 3;
    let groups = digits.as_bytes().iter().enumerate().flat_map(|(at, digit)| {
        let space = (at != 0 && at % 3 == first).then_some(' ');
        space.into_iter().chain([char::from(*digit)])
    });
    sign.chars().chain(groups).collect()
}

/// The median over the rounds, and the range of the middle half of them.
#[derive(Clone, Copy)]
struct Found {
    median: f64,
    from: f64,
    to: f64,
}

impl Found {
    fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        let at = |place: usize| all.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(all.len() / 2), from: at(all.len() / 4), to: at(all.len() * 3 / 4) }
    }

    fn rounded(self) -> String {
        format!("{} ({} to {})", whole(self.median), whole(self.from), whole(self.to))
    }

    fn ratio(self) -> String {
        format!("{:.2} ({:.2} to {:.2})", self.median, self.from, self.to)
    }
}

impl Rounds {
    fn over_rounds(&self, of: impl Fn(&[Cost; COUNT], usize) -> f64) -> [Found; COUNT] {
        std::array::from_fn(|index| {
            Found::of(self.rounds.iter().map(|round| of(round, index)).collect())
        })
    }

    fn each(&self, of: impl Fn(&Cost) -> f64) -> [Found; COUNT] {
        self.over_rounds(|round, index| of(&round[index]))
    }

    /// Returns the additional cost of a variant over the bare one in the same round.
    fn added(&self, of: impl Fn(&Cost) -> f64) -> [Found; COUNT] {
        self.over_rounds(|round, index| of(&round[index]) - of(&round[BARE]))
    }

    /// Returns the requests per second relative to another variant in the same round.
    fn ratios(&self, other: usize) -> [Found; COUNT] {
        self.over_rounds(|round, index| round[other].nanoseconds / round[index].nanoseconds)
    }
}
