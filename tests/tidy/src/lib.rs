//! Tests of the repository itself: `cargo test` checks what `README.md` promises about the tree.
//!
//! They read manifests, sources and `template.yaml` as text. Each collects every offence before it fails, so
//! that one run shows everything to fix.

#[cfg(test)]
mod controls;
#[cfg(test)]
mod deny;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod edge;
#[cfg(test)]
mod files;
#[cfg(test)]
mod floors;
#[cfg(test)]
mod functions;
#[cfg(test)]
mod hygiene;
#[cfg(test)]
mod input;
#[cfg(test)]
mod language;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod template;
