//! Where values that were put into a text are in its tree: aliases and merged objects take them to other places than they are written at.

use serde_json::Value;

use crate::interpolation::{Put, Replaced, edited, quoted, with_lines_of};

/// Each place in the tree that holds one of `puts`. The text is read once more, with a mark in place of each: a number where the name
/// of a reference would be, which no other value can hold, for every value with `${` is one of `puts`.
pub(crate) fn everywhere(text: &str, puts: Vec<Put>) -> Vec<Replaced> {
    if puts.is_empty() {
        return Vec::new();
    }
    let marked = puts.iter().enumerate().map(|(index, put)| {
        let (mark, written) = (format!("${{{index}}}"), &text[put.range.clone()]);
        let new = match put.is_block {
            true => written.replace("${", &mark),
            false => with_lines_of(written, quoted(&mark)),
        };
        (&put.range, new)
    });
    match crate::read_whole(&edited(text, marked)) {
        Ok(tree) => {
            let mut found = Vec::new();
            find(&tree, &mut String::new(), &puts, &mut found);
            found
        }
        // Nor can the text itself be read; what is wrong with it is told of the places as they are written.
        Err(_) => puts
            .into_iter()
            .map(|put| replaced(put.path, &put.written, &put.value))
            .collect(),
    }
}

fn find(value: &Value, path: &mut String, puts: &[Put], found: &mut Vec<Replaced>) {
    let path_bytes = path.len();
    match value {
        Value::String(text) => {
            if let Some(put) = marked(text, puts) {
                found.push(replaced(path.clone(), &put.written, &put.value));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                find(item, path, puts, found);
                path.truncate(path_bytes);
            }
        }
        Value::Object(entries) => {
            for (name, item) in entries {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
                find(item, path, puts, found);
                path.truncate(path_bytes);
            }
        }
        _ => {}
    }
}

fn marked<'a>(text: &str, puts: &'a [Put]) -> Option<&'a Put> {
    let (_, rest) = text.split_once("${")?;
    let (index, _) = rest.split_once('}')?;
    puts.get(index.parse::<usize>().ok()?)
}

fn replaced(path: String, written: &str, value: &str) -> Replaced {
    Replaced {
        path,
        written: written.to_owned(),
        value: value.to_owned(),
    }
}
