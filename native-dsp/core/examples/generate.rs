//! Writes the documents that follow from the catalogue. Run it through `make gen`.

fn main() {}
