//! What is left of a game when the players without whom no one can win are in, and all that they settle is settled.

use super::{Gate, Node, ROUNDING, SimpleGame};

/// A game among the players who are neither needed by everyone nor without influence.
pub(super) struct Reduced {
    /// Number of players of the whole game.
    pub(super) players: usize,
    /// Players without whom all others lose.
    pub(super) veto: Vec<usize>,
    /// The players of the rest of the game, by their positions in the whole one; those with the most influence last.
    pub(super) rest: Vec<usize>,
    /// The rest of the game. A coalition wins the whole game if all players with a veto are in it, and it wins this one.
    pub(super) game: SimpleGame,
}

impl Reduced {
    /// `None` if not even all players together win.
    pub(super) fn of(whole: &SimpleGame) -> Option<Reduced> {
        if whole.winning(&vec![1; whole.players]) & 1 == 0 {
            return None;
        }
        let veto = vetoes(whole);
        // Two coalitions at once: those with a veto alone, and everyone. What both agree on is settled.
        let mut members = vec![0b10; whole.players];
        veto.iter().for_each(|player| members[*player] = 0b11);
        let good = whole.sustained(&members, None);
        let open: Vec<bool> = good.iter().map(|lanes| lanes & 0b11 == 0b10).collect();
        let kept = reachable(whole, &open);
        let mut place = vec![usize::MAX; whole.nodes.len()];
        kept.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        let nodes: Vec<Node> =
            kept.iter().map(|at| remaining(&whole.nodes[*at], &veto, &open, &good, &place)).collect();
        let mut influence = vec![0.0; whole.players];
        for node in nodes.iter().filter(|node| node.quota > 0.0) {
            node.shares.iter().for_each(|(player, share)| influence[*player] += share / node.quota);
        }
        let mut rest: Vec<usize> = (0..whole.players).filter(|player| influence[*player] > 0.0).collect();
        rest.sort_by(|a, b| influence[*a].total_cmp(&influence[*b]).then(a.cmp(b)));
        let mut seat = vec![usize::MAX; whole.players];
        rest.iter().enumerate().for_each(|(new, old)| seat[*old] = new);
        let nodes = nodes
            .into_iter()
            .map(|node| Node {
                shares: node.shares.into_iter().map(|(player, share)| (seat[player], share)).collect(),
                ..node
            })
            .collect();
        let finals = whole.finals.iter().filter(|at| open[**at]).map(|at| place[*at]).collect();
        let game = SimpleGame::new(rest.len(), nodes, finals, whole.cycles);
        Some(Reduced { players: whole.players, veto, rest, game })
    }
}

/// Players without whom all others lose.
fn vetoes(game: &SimpleGame) -> Vec<usize> {
    let players: Vec<usize> = (0..game.players).collect();
    let mut found = Vec::new();
    for some in players.chunks(64) {
        let mut members = vec![u64::MAX; game.players];
        some.iter().enumerate().for_each(|(lane, player)| members[*player] = !(1 << lane));
        let wins = game.winning(&members);
        found.extend(some.iter().enumerate().filter(|(lane, _)| wins >> lane & 1 == 0).map(|(_, p)| *p));
    }
    found
}

/// Open nodes on which a final product depends, sorted.
fn reachable(game: &SimpleGame, open: &[bool]) -> Vec<usize> {
    let mut seen = vec![false; open.len()];
    let mut waiting: Vec<usize> = game.finals.clone();
    while let Some(at) = waiting.pop() {
        if open[at] && !std::mem::replace(&mut seen[at], true) {
            waiting.extend(game.nodes[at].gates.iter().flat_map(|gate| &gate.of));
        }
    }
    (0..open.len()).filter(|at| seen[*at]).collect()
}

/// A node with the holdings of the players with a veto taken off its quota, and settled nodes taken out of its gates.
fn remaining(node: &Node, veto: &[usize], open: &[bool], good: &[u64], place: &[usize]) -> Node {
    let held: f64 =
        node.shares.iter().filter(|(player, _)| veto.contains(player)).map(|(_, share)| share).sum();
    let quota = node.quota - held;
    let settled = quota <= ROUNDING;
    let shares =
        node.shares.iter().filter(|(player, share)| *share > 0.0 && !veto.contains(player) && !settled);
    let gates = node.gates.iter().filter(|gate| {
        let passed = |at: &usize| good[*at] & 1 == 1;
        let done = if gate.any { gate.of.iter().any(passed) } else { gate.of.iter().all(passed) };
        !done && !gate.of.is_empty()
    });
    Node {
        shares: shares.copied().collect(),
        quota: if settled { 0.0 } else { quota },
        gates: gates
            .map(|gate| Gate {
                any: gate.any,
                of: gate.of.iter().filter(|at| open[**at]).map(|at| place[*at]).collect(),
            })
            .collect(),
    }
}
