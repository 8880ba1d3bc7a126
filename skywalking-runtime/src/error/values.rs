//! Formats the values of settings in error messages.

use crate::util::text::cut;

/// The number of UTF-16 units of a value that a message contains.
pub(super) const SHOWN: usize = 300;

/// Quotes a value, or the beginning of a long one.
pub(super) fn shown(value: &str) -> String {
    let beginning = cut(value, SHOWN);
    if beginning.len() == value.len() {
        return format!("{value:?}");
    }
    format!("{beginning:?}.. ({} bytes)", value.len())
}

/// Lists what a value of `SW_AGENT_SAMPLE` means to which agent.
pub(super) fn readings(value: &str) -> String {
    let text = value.trim();
    let number = text.parse::<f64>().ok().filter(|number| *number >= 0.0);
    let percentage = text
        .strip_suffix('%')
        .map_or(number, |text| text.trim().parse().ok())
        .filter(|share| (0.0..=100.0).contains(share));
    let mut readings = Vec::new();
    if let Some(rate) = number.filter(|rate| *rate <= 1.0) {
        readings.push(format!("a rate to the Go agents (SW_AGENT_SAMPLE_RATE={rate})"));
    }
    if let Some(share) = percentage {
        readings.push(format!("a percentage to others (SW_AGENT_SAMPLE_RATE={})", share / 100.0));
    }
    match text.parse::<i64>() {
        Ok(0) => {
            readings
                .push("no limit to the Java agent (SW_AGENT_SAMPLE_N_PER_3_SECS=-1)".to_owned());
        }
        Ok(number) if number > 0 => {
            readings.push(format!("a number of requests per 3 seconds to the Java agent (SW_AGENT_SAMPLE_N_PER_3_SECS={number})"));
        }
        _ => {}
    }
    match &readings[..] {
        [] => "has no meaning; set SW_AGENT_SAMPLE_RATE (0 to 1) or SW_AGENT_SAMPLE_N_PER_3_SECS instead".to_owned(),
        [one] => format!("is {one} alone; set that variable instead"),
        [first @ .., last] => format!("is {} and {last}; set the variable that you mean instead", first.join(", ")),
    }
}

/// Converts a percentage to a rate.
pub(super) fn as_percentage(value: &str) -> String {
    match value.trim().trim_end_matches('%').trim_end().parse::<f64>() {
        Ok(share) if (0.0..=100.0).contains(&share) => {
            format!("; as a percentage it is the rate {}", share / 100.0)
        }
        _ => String::new(),
    }
}
