//! "Did you mean": the known name nearest to a mistyped one.

/// Longer words are not compared: nobody mistypes a name into one of these.
const LONGEST_WORD: usize = 64;

/// The candidate nearest to `word`, where one is near enough to be meant. Upper and lower case, `_` and
/// `-` make no difference.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.is_empty() || word.len() > LONGEST_WORD {
        return None;
    }
    let word = plain(word);
    let permitted = 1 + word.len() / 4;
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &plain(candidate)), candidate))
        .filter(|&(distance, _)| distance <= permitted)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

fn plain(word: &str) -> Vec<char> {
    word.chars()
        .filter(|c| *c != '_' && *c != '-')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Levenshtein distance: the fewest insertions, deletions and replacements between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: [&str; 4] = ["PassThrough", "GainNode", "AgcNode", "SileroVADNode"];

    #[test]
    fn a_typo_finds_what_was_meant() {
        assert_eq!(nearest("SileroVadNod", NODES), Some("SileroVADNode"));
        assert_eq!(nearest("pass_through", NODES), Some("PassThrough"));
        assert_eq!(nearest("GianNode", NODES), Some("GainNode"));
    }

    #[test]
    fn nothing_is_suggested_for_a_word_of_its_own() {
        assert_eq!(nearest("WhisperTranscription", NODES), None);
        assert_eq!(nearest("", NODES), None);
        assert_eq!(nearest(&"x".repeat(100_000), NODES), None);
    }
}
