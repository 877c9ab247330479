//! The order in which nodes can run, the same on every run.

/// Node indices so that every node comes after those that feed it; of the nodes that are free to run, the
/// first in the manifest goes first.
///
/// # Errors
/// Where nodes feed each other in a circle: the nodes of one such circle in order, the first repeated at the
/// end.
pub(crate) fn order(node_count: usize, edges: &[(usize, usize)]) -> Result<Vec<usize>, Vec<usize>> {
    let mut waiting_for = vec![0usize; node_count];
    for &(_, to) in edges {
        waiting_for[to] += 1;
    }
    let mut order = Vec::with_capacity(node_count);
    let mut placed = vec![false; node_count];
    while let Some(next) = (0..node_count).find(|&node| !placed[node] && waiting_for[node] == 0) {
        placed[next] = true;
        order.push(next);
        for &(_, to) in edges.iter().filter(|(from, _)| *from == next) {
            waiting_for[to] -= 1;
        }
    }
    if order.len() == node_count {
        Ok(order)
    } else {
        Err(circle(&placed, edges))
    }
}

/// Walks upstream among the nodes that could not be placed. Each of them waits for another one of them, so
/// the walk must come round.
fn circle(placed: &[bool], edges: &[(usize, usize)]) -> Vec<usize> {
    let mut walk: Vec<usize> = placed
        .iter()
        .position(|placed| !placed)
        .into_iter()
        .collect();
    while let Some(&node) = walk.last() {
        let feeder = edges
            .iter()
            .find(|&&(from, to)| to == node && !placed[from]);
        let Some(&(feeder, _)) = feeder else { break };
        if let Some(start) = walk.iter().position(|&earlier| earlier == feeder) {
            walk.push(feeder);
            walk.drain(..start);
            break;
        }
        walk.push(feeder);
    }
    walk.reverse();
    // Begin at the node that stands first in the manifest, wherever the walk happened to meet the circle.
    walk.pop();
    let first = walk.iter().enumerate().min_by_key(|(_, node)| **node);
    let rotation = first.map_or(0, |(index, _)| index);
    walk.rotate_left(rotation);
    walk.extend(walk.first().copied());
    walk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_broken_by_the_order_of_the_manifest() {
        assert_eq!(order(4, &[]), Ok(vec![0, 1, 2, 3]));
        assert_eq!(order(4, &[(3, 0), (3, 1), (0, 2)]), Ok(vec![3, 0, 1, 2]));
    }

    #[test]
    fn a_circle_is_returned_in_the_direction_of_the_audio() {
        assert_eq!(order(3, &[(0, 1), (1, 2), (2, 1)]), Err(vec![1, 2, 1]));
        assert_eq!(
            order(4, &[(3, 1), (1, 2), (2, 3), (3, 0)]),
            Err(vec![1, 2, 3, 1])
        );
    }

    #[test]
    fn a_node_behind_a_circle_is_not_named_in_it() {
        assert_eq!(order(3, &[(1, 0), (1, 2), (2, 1)]), Err(vec![1, 2, 1]));
    }
}
