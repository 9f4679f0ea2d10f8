//! Tests of the repository itself: what `README.md` promises about the tree, kept by `cargo test`.
//!
//! They read manifests, sources and `template.yaml` as text and collect every offence before they
//! fail, so that one run shows all there is to mend.

#[cfg(test)]
mod controls;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod edge;
#[cfg(test)]
mod files;
#[cfg(test)]
mod functions;
#[cfg(test)]
mod hygiene;
#[cfg(test)]
mod input;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod template;
