//! Betweenness of a network on standard input, for `benches/network_peers.py`: the first line has the number of nodes and
//! `directed` or `undirected`, each other line an arc as `from to distance`. Prints one number a line.
#![allow(clippy::disallowed_methods, reason = "an example reads and prints")]

use std::io::Read;

use techpower::relate::network::{Direction, Network, betweenness};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let mut lines = text.lines();
    let (n, direction) = lines.next().and_then(|line| line.split_once(' ')).ok_or("no first line")?;
    let n: usize = n.parse()?;
    let direction = if direction == "undirected" { Direction::Undirected } else { Direction::Directed };
    let mut arcs = Vec::new();
    for line in lines {
        let mut parts = line.split_whitespace();
        let mut next = || parts.next().ok_or("an arc has three parts");
        arcs.push((next()?.parse()?, next()?.parse()?, next()?.parse()?));
    }
    let network = Network::new((0..n).map(|node| node.to_string()).collect(), arcs);
    let distances: Vec<f64> = network.arcs().iter().map(|arc| arc.weight).collect();
    let found = betweenness(&network, &distances, direction);
    println!("{}", found.iter().map(f64::to_string).collect::<Vec<_>>().join("\n"));
    Ok(())
}
