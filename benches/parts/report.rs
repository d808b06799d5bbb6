//! Counts the instructions of the parts, and tells which of them cost too much.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region};

use crate::Result;
use crate::callgrind;
use crate::table::{Goal, PARTS, Part, part};

/// Prints what the parts with this word in their name cost; fails if one of them costs more than it may.
pub(crate) fn print(word: &str) -> Result<()> {
    let asked = || PARTS.iter().filter(|part| part.name.contains(word));
    let costs = Costs::count(asked().flat_map(needed).collect())?;
    let mut missed = 0;
    println!("{:<34}  {:>7}  {:>12}  {:>11}  {:>6}", "part", "unit", "instructions", "allocations", "ratio");
    for part in asked() {
        let (cost, allocations) = (costs.of(part)?, allocations(part));
        let ratio = costs.floor(part)?.map_or("".into(), |floor| format!("{:.3}", cost / floor));
        println!("{:<34}  {:>7}  {cost:>12.1}  {allocations:>11.2}  {ratio:>6}", part.name, part.unit);
        for goal in part.goals {
            let (told, is_met) = costs.judge(part, *goal)?;
            println!("    {}{told}", if is_met { "" } else { "MISSED: " });
            missed += usize::from(!is_met);
        }
    }
    if missed > 0 { Err(format!("{missed} goals are missed").into()) } else { Ok(()) }
}

/// The part, and those that it is compared with.
fn needed(part: &'static Part) -> Vec<&'static str> {
    let compared = part.goals.iter().filter_map(|goal| match goal {
        Goal::Fewer(other, _) | Goal::Linear(other, _) => Some(*other),
        Goal::Times(_) | Goal::Above(_) | Goal::Instructions(_) | Goal::Allocations(_) | Goal::Nanoseconds(_) => None,
    });
    let all = compared.chain([part.name]).filter_map(|name| crate::table::part(name).ok());
    all.flat_map(|part| [Some(part.name), part.floor]).flatten().collect()
}

/// Instructions by part, for each unit.
struct Costs(BTreeMap<&'static str, f64>);

impl Costs {
    /// Counts them, as many at a time as there are cores: instructions are the same however busy the machine is.
    fn count(mut names: Vec<&'static str>) -> Result<Self> {
        names.sort_unstable();
        names.dedup();
        let (next, costs) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
        let work = || -> Result<()> {
            while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                let cost = callgrind::instructions(&["run", name], 2)?;
                costs.lock().map_err(|_| "a count has panicked")?.insert(*name, cost / part(name)?.units as f64);
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..std::thread::available_parallelism()?.get()).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a count has panicked")?)
        })?;
        Ok(Self(costs.into_inner()?))
    }

    fn of(&self, part: &Part) -> Result<f64> {
        self.named(part.name)
    }

    fn named(&self, name: &str) -> Result<f64> {
        self.0.get(name).copied().ok_or_else(|| format!("{name} was not counted").into())
    }

    fn floor(&self, part: &Part) -> Result<Option<f64>> {
        part.floor.map(|floor| self.named(floor)).transpose()
    }

    fn above_floor(&self, part: &Part) -> Result<f64> {
        Ok(self.of(part)? - self.floor(part)?.unwrap_or_default())
    }

    /// What a goal says and what is so, and whether it is met.
    fn judge(&self, judged: &Part, goal: Goal) -> Result<(String, bool)> {
        Ok(match goal {
            Goal::Times(most) => {
                let times = self.of(judged)? / self.floor(judged)?.ok_or("no floor")?;
                (format!("{times:.3} of its floor, at most {most}"), times <= most)
            }
            Goal::Above(most) => {
                let above = self.above_floor(judged)?;
                (format!("{above:.0} above its floor, at most {most}"), above <= most)
            }
            Goal::Fewer(other, least) => {
                let fewer = self.named(other)? / self.of(judged)?;
                (format!("{fewer:.2} times fewer than {other}, at least {least}"), fewer >= least)
            }
            Goal::Linear(other, most) => {
                let (above, half) = (self.above_floor(judged)?, self.above_floor(part(other)?)?);
                (format!("{above:.0} above its floor, {half:.0} of half as many, at most {most} times"), above <= most * half)
            }
            Goal::Instructions(most) => {
                let cost = self.of(judged)?;
                (format!("{cost:.0}, at most {most}"), cost <= most)
            }
            Goal::Allocations(most) => {
                let allocations = allocations(judged);
                (format!("{allocations:.2} allocations, at most {most}"), allocations <= most)
            }
            Goal::Nanoseconds(most) => {
                let best = best_time(judged);
                (format!("{best:.0} ns, at most {most}"), best <= most)
            }
        })
    }
}

/// Allocations for each unit; what the first time makes once isn't in them.
fn allocations(part: &Part) -> f64 {
    let mut work = (part.prepare)();
    work();
    let region = Region::new(&INSTRUMENTED_SYSTEM);
    work();
    let change = region.change();
    (change.allocations + change.reallocations) as f64 / part.units as f64
}

/// Nanoseconds for each unit, in the best of twenty runs.
fn best_time(part: &Part) -> f64 {
    let mut work = (part.prepare)();
    let times = (0..20).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed().as_nanos() as f64 / part.units as f64
    });
    times.fold(f64::INFINITY, f64::min)
}
