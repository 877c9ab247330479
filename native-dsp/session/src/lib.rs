//! Sans-I/O media session: RTP in, frames through the graph, RTP out.
