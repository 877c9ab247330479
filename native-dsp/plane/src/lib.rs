//! Media threads: UDP, SRTP, demultiplexing.
