//! Which exercises are meant.

use anyhow::Result;

use crate::katas::catalog;
use crate::messages::usage;
use crate::results::usage::Usage;

/// The topics that were asked for, each once, if all of them exist.
pub(super) fn known_topics(asked: &[String], all: &[String]) -> Result<Vec<String>> {
    let mut topics: Vec<String> = Vec::new();
    for topic in asked {
        let name = plain_name(topic);
        if !all.contains(&name) {
            let nearest = nearest(&name, all);
            return Err(Usage::Said(usage::unknown_topic(topic, nearest, all)).into());
        }
        if !topics.contains(&name) {
            topics.push(name);
        }
    }
    Ok(topics)
}

/// The topic that was asked for, if it exists.
pub(super) fn the_topic(asked: &str) -> Result<String> {
    let all: Vec<String> = catalog::names().into_iter().map(str::to_owned).collect();
    let mut known = known_topics(&[asked.to_owned()], &all)?;
    Ok(known.remove(0))
}

/// A name without what stands around it: `exercises/lock/` is what a shell completes to.
pub(super) fn plain_name(asked: &str) -> String {
    let name = asked.trim_end_matches(['/', '\\']);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.replace('-', "_")
}

/// The name that was probably meant.
pub(super) fn nearest<'a>(typed: &str, names: &'a [String]) -> Option<&'a str> {
    let likeness = |name: &&String| strsim::jaro_winkler(typed, name);
    let best = names
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) > 0.75).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<String> {
        ["lock", "rlock", "semaphore", "condition", "thread_pool"]
            .map(str::to_owned)
            .into()
    }

    #[test]
    fn a_misspelt_topic_is_answered_with_the_nearest() {
        assert_eq!(nearest("semaphor", &all()), Some("semaphore"));
        assert_eq!(nearest("lokc", &all()), Some("lock"));
        assert_eq!(nearest("conditions", &all()), Some("condition"));
        assert_eq!(nearest("zebra", &all()), None);
    }

    #[test]
    fn an_unknown_topic_is_a_mistake_of_usage() {
        let error = known_topics(&["zebra".to_owned()], &all()).expect_err("unknown");
        assert!(error.is::<Usage>());
        assert!(error.to_string().contains("There are lock, rlock"));
    }

    #[test]
    fn a_topic_may_be_named_by_its_path_or_with_hyphens_and_counts_once() {
        let asked = ["exercises/lock/", "lock", "thread-pool"].map(str::to_owned);
        let topics = known_topics(&asked, &all()).expect("known");
        assert_eq!(topics, ["lock", "thread_pool"]);
    }
}
