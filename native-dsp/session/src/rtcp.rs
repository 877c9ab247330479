//! RTCP (RFC 3550 section 6): what the peer reports, and what is reported to it.
//!
//! Browsers add in-band FEC to their audio only while receiver reports tell them of loss, so honest
//! reports are part of the audio quality.

mod feedback;
mod ntp;
mod parse;
mod reception;
mod write;

pub(crate) use feedback::Feedback;
pub(crate) use ntp::WallClock;
pub use parse::{Malformed, ReportBlock, RtcpItem, parse};
pub(crate) use reception::Reception;
pub(crate) use write::{SenderInfo, write_report};

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
