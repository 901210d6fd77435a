//! Order by dependency: levels of what can come next, and what lies on circles.
//!
//! Within a level the given order is kept, so that equal input gives equal output.

/// The nodes `0..count` that lie on a circle of edges (`before`, `after`), a node that depends on itself too.
pub(super) fn circular(count: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<bool> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (before, after) in edges {
        next[before].push(after);
    }
    (0..count)
        .map(|start| {
            let mut seen = vec![false; count];
            let mut stack = next[start].clone();
            while let Some(at) = stack.pop() {
                if at == start {
                    return true;
                }
                if !std::mem::replace(&mut seen[at], true) {
                    stack.extend(&next[at]);
                }
            }
            false
        })
        .collect()
}

/// The nodes in levels: each holds, in the given order, what waits for nothing outside the levels before it.
/// Where the edges are circular they end before the circle, and the flag is false.
pub(super) fn levels(nodes: &[usize], edges: &[(usize, usize)]) -> (Vec<Vec<usize>>, bool) {
    let size = nodes.iter().chain(edges.iter().flat_map(|(a, b)| [a, b])).max().map_or(0, |max| max + 1);
    let mut waiting = vec![false; size];
    for node in nodes {
        waiting[*node] = true;
    }
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); size];
    for (first, then) in edges {
        before[*then].push(*first);
    }
    let mut left: Vec<usize> = nodes.to_vec();
    let mut found = Vec::new();
    while !left.is_empty() {
        let (ready, later): (Vec<usize>, Vec<usize>) =
            left.iter().partition(|node| before[**node].iter().all(|first| !waiting[*first]));
        if ready.is_empty() {
            return (found, false);
        }
        for node in &ready {
            waiting[*node] = false;
        }
        found.push(ready);
        left = later;
    }
    (found, true)
}

#[cfg(test)]
mod tests {
    use super::{circular, levels};

    #[test]
    fn what_waits_for_nothing_comes_first_in_the_given_order() {
        let found = levels(&[3, 1, 2, 0], &[(1, 0), (0, 2)]);
        assert_eq!(found, (vec![vec![3, 1], vec![0], vec![2]], true));
    }

    #[test]
    fn an_edge_from_a_node_that_is_not_sorted_holds_nothing_up() {
        assert_eq!(levels(&[1], &[(0, 1)]), (vec![vec![1]], true));
    }

    #[test]
    fn a_circle_has_no_order() {
        assert_eq!(levels(&[2, 0, 1], &[(2, 0), (0, 1), (1, 0)]), (vec![vec![2]], false));
    }

    #[test]
    fn only_nodes_on_a_circle_are_circular() {
        let edges = [(0, 1), (1, 2), (2, 1), (2, 3), (4, 4)];
        assert_eq!(circular(5, edges.into_iter()), vec![false, true, true, false, true]);
    }
}
