//! The media session of this instance: packets in and out through one buffer, time as an argument (microseconds
//! on the host's monotonic clock). After every input the host takes all packets and events out.

use std::cell::RefCell;

use remotemedia_core::event::EndReason;
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::offline::{
    Attachment, OfflineChunk, OfflineError, OfflineUtterance, externals, split,
};
use remotemedia_session::conceal::Concealing;
use remotemedia_session::options::{MediaOptions, SessionOptions, end_reason};
use remotemedia_session::{MediaSession, Micros, SessionConfig, TransmitKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::{answer, nothing_here};
use crate::codec::{HostDecoder, HostEncoder};
use crate::hosts;
use crate::measurement::Measurement;
use crate::text::{reply, take};

/// The longest datagram: an Ethernet frame's worth.
const MAX_DATAGRAM: usize = 1500;

/// Marks a report among the packets that go out.
const IS_RTCP: u32 = 1 << 16;

thread_local! {
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
    static PACKET: RefCell<[u8; MAX_DATAGRAM]> = const { RefCell::new([0; MAX_DATAGRAM]) };
    /// Kept until the host has copied their samples.
    static ATTACHMENTS: RefCell<Vec<Option<Attachment>>> = const { RefCell::new(Vec::new()) };
}

pub(crate) struct Session {
    pub node_ids: Vec<String>,
    /// Of the nodes that the graph runs.
    pub graph_ids: Vec<String>,
    /// Whether the host runs the other parts of its pipeline.
    is_hosted: bool,
    pub stage: Stage,
    /// `None` where metrics are off.
    measurement: Option<Measurement>,
    /// When the packet came that the last one taken out answers.
    arrival: Option<Micros>,
}

pub(crate) enum Stage {
    /// Until DTLS is done.
    Waiting(Option<Box<(SessionConfig, Graph)>>),
    Media(Box<MediaSession>),
}

/// What the host knows of the start besides the options: random numbers and the wall clock.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Origins {
    first_sequence: u16,
    first_timestamp: u32,
    unix_micros_at_zero: u64,
}

/// Compiles a manifest for a session; replies with the format of what would be sent, or null.
///
/// # Safety
/// See [`take`], for all texts: an empty one in place of `externals` is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn session_open(
    manifest: *mut u8,
    manifest_bytes: usize,
    options: *mut u8,
    options_bytes: usize,
    externals: *mut u8,
    externals_bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let [manifest, options, externals] = unsafe {
        [
            take(manifest, manifest_bytes),
            take(options, options_bytes),
            take(externals, externals_bytes),
        ]
    };
    answer(|| {
        open(
            &manifest,
            &options,
            Some(&*externals).filter(|it| !it.is_empty()),
        )
    })
}

fn open(manifest: &str, options: &str, specs: Option<&str>) -> Result<u32, OfflineError> {
    let config = read::<SessionOptions>(options)?.config()?;
    let manifest = Manifest::parse_with(manifest, &externals(specs)?)?;
    manifest.check_runtime()?;
    let mut graph = match specs {
        Some(_) => Graph::compile_hosted(&manifest, Format::VOICE)?,
        None => Graph::compile(&manifest, Format::VOICE)?,
    };
    let measurement = Measurement::begin(read(options)?, &mut graph);
    let format = graph
        .output_format()
        .map(|format| json!({ "sampleRate": format.sample_rate, "channels": format.channels }));
    reply(
        json!({
            "output": format,
            "hosts": hosts::describe_graph(&mut graph),
            "encoder": {
                "bitrate": config.encoder.bitrate,
                "complexity": config.encoder.complexity,
                "fec": config.encoder.fec,
                "dtx": config.encoder.dtx,
            },
        })
        .to_string(),
    );
    SESSION.set(Some(Session {
        node_ids: graph.node_ids().to_vec(),
        graph_ids: graph.audio_node_ids(),
        is_hosted: specs.is_some(),
        stage: Stage::Waiting(Some(Box::new((config, graph)))),
        measurement,
        arrival: None,
    }));
    Ok(0)
}

/// Starts media: once. The host's codecs are ready.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn session_start(options: *mut u8, options_bytes: usize) -> i32 {
    // SAFETY: the caller's duty.
    let options = unsafe { take(options, options_bytes) };
    answer(|| with(|session| start(session, &options)))
}

fn start(session: &mut Session, options: &str) -> Result<u32, OfflineError> {
    let Stage::Waiting(waiting) = &mut session.stage else {
        return Err(OfflineError::new(
            "media_already_started",
            "media was started before",
        ));
    };
    let (media, origins) = (read::<MediaOptions>(options)?, read::<Origins>(options)?);
    let (config, _) = waiting.as_deref_mut().ok_or_else(nothing_here)?;
    media.complete(config)?;
    config.first_sequence = origins.first_sequence;
    config.first_timestamp = origins.first_timestamp;
    config.unix_micros_at_zero = origins.unix_micros_at_zero;
    let (config, graph) = *waiting.take().ok_or_else(nothing_here)?;
    let decoder = Box::new(Concealing::new(HostDecoder));
    let session_of_media =
        MediaSession::with_codecs(config, graph, decoder, |_, _| Ok(Box::new(HostEncoder)));
    let media = session_of_media.map_err(|error| OfflineError::new(error.code, error.message))?;
    session.stage = Stage::Media(Box::new(media));
    Ok(0)
}

/// The buffer for packets in both directions, 1500 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn session_packet() -> *mut u8 {
    PACKET.with_borrow_mut(|packet| packet.as_mut_ptr())
}

/// Takes the decrypted RTP packet in the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn session_rtp(now_us: f64, bytes: usize) -> i32 {
    receive(bytes, |media, packet| {
        media.handle_rtp(micros(now_us), packet)
    })
}

/// Takes the decrypted RTCP packet in the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn session_rtcp(now_us: f64, bytes: usize) -> i32 {
    receive(bytes, |media, packet| {
        media.handle_rtcp(micros(now_us), packet)
    })
}

fn receive(bytes: usize, work: impl FnOnce(&mut MediaSession, &[u8])) -> i32 {
    PACKET.with_borrow(|packet| with_media(|media| work(media, &packet[..bytes])))
}

/// Does what is due.
#[unsafe(no_mangle)]
pub extern "C" fn session_timeout(now_us: f64) -> i32 {
    with_media(|media| media.handle_timeout(micros(now_us)))
}

/// The input ended or paused, for a reason by its name.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn session_end_input(now_us: f64, reason: *mut u8, bytes: usize) -> i32 {
    // SAFETY: the caller's duty.
    let reason = unsafe { take(reason, bytes) };
    answer(|| end_input(micros(now_us), end_reason(&reason)?))
}

fn end_input(now: Micros, reason: EndReason) -> Result<u32, OfflineError> {
    with(|session| {
        media_of(session)?.end_input(now, reason);
        Ok(0)
    })
}

/// Puts the next packet to protect and send into the buffer: its length, with bit 16 for RTCP; 0 for none.
#[unsafe(no_mangle)]
pub extern "C" fn session_next_packet() -> i32 {
    answer(|| {
        with(|session| {
            let media = media_of(session)?;
            let next = PACKET.with_borrow_mut(|packet| media.poll_transmit(packet));
            session.arrival = next.and_then(|packet| packet.arrival);
            Ok(next.map_or(0, |packet| match packet.kind {
                TransmitKind::Rtp => packet.len as u32,
                TransmitKind::Rtcp => packet.len as u32 | IS_RTCP,
            }))
        })
    })
}

/// When the packet came that the one in the buffer answers, in microseconds; NaN where it answers none.
#[unsafe(no_mangle)]
pub extern "C" fn session_arrival() -> f64 {
    SESSION.with_borrow(|session| {
        let arrival = session.as_ref().and_then(|session| session.arrival);
        arrival.map_or(f64::NAN, |arrival| arrival.0 as f64)
    })
}

/// When `session_timeout` must be called if nothing else happens before, in microseconds; infinity for never.
#[unsafe(no_mangle)]
pub extern "C" fn session_deadline() -> f64 {
    SESSION.with_borrow(|session| match session.as_ref().map(|it| &it.stage) {
        Some(Stage::Media(media)) => media.deadline().map_or(f64::INFINITY, |at| at.0 as f64),
        _ => f64::INFINITY,
    })
}

/// Takes the events out and returns their number. Where there are any, replies with a list of
/// `{json, utterance, chunk}`; these say where their samples are until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn session_drain_events() -> i32 {
    answer(|| {
        with(|session| {
            let rate = Format::VOICE.sample_rate;
            let node_ids = std::mem::take(&mut session.node_ids);
            let is_hosted = session.is_hosted;
            let events = media_of(session).map(|media| {
                let events = media.drain_events();
                events
                    .map(|event| split(event, &node_ids, rate))
                    .map(|(json, attachment)| {
                        (json, attachment.filter(|it| is_wanted(it, is_hosted)))
                    })
                    .unzip::<_, _, Vec<_>, Vec<_>>()
            });
            session.node_ids = node_ids;
            let (texts, attachments) = events?;
            let count = texts.len() as u32;
            if count > 0 {
                let told = texts.iter().zip(&attachments);
                reply(told.map(event).collect::<Value>().to_string());
            }
            ATTACHMENTS.set(attachments);
            Ok(count)
        })
    })
}

/// The samples of chunks are for nodes outside; nobody else could take them.
fn is_wanted(attachment: &Attachment, is_hosted: bool) -> bool {
    matches!(attachment, Attachment::Utterance(_)) || is_hosted
}

fn event((json, attachment): (&String, &Option<Attachment>)) -> Value {
    let (utterance, chunk) = match attachment {
        Some(Attachment::Utterance(it)) => (utterance(it), Value::Null),
        Some(Attachment::Chunk(it)) => (Value::Null, chunk(it)),
        None => (Value::Null, Value::Null),
    };
    json!({ "json": json, "utterance": utterance, "chunk": chunk })
}

fn utterance(it: &OfflineUtterance) -> Value {
    json!({
        "nodeId": it.node_id,
        "index": it.index,
        "sampleRate": it.sample_rate,
        "pointer": it.samples.as_ptr() as usize,
        "length": it.samples.len(),
    })
}

fn chunk(it: &OfflineChunk) -> Value {
    json!({
        "nodeId": it.node_id,
        "index": it.index,
        "sampleRate": it.sample_rate,
        "channels": it.channels,
        "isPartial": it.is_partial,
        "pointer": it.samples.as_ptr() as usize,
        "length": it.samples.len(),
    })
}

/// 1 where a node failed whose policy ends the session; replies with why.
#[unsafe(no_mangle)]
pub extern "C" fn session_failure() -> i32 {
    answer(|| {
        with(|session| {
            let Some(failure) = media_of(session)?.failure() else {
                return Ok(0);
            };
            reply(format!("node {}: {}", failure.node_id, failure.message));
            Ok(1)
        })
    })
}

/// Replies with the session's counters.
#[unsafe(no_mangle)]
pub extern "C" fn session_stats() -> i32 {
    answer(|| {
        with(|session| {
            let stats = match &session.stage {
                Stage::Media(media) => media.stats(),
                Stage::Waiting(_) => Default::default(),
            };
            reply(json!(stats).to_string());
            Ok(0)
        })
    })
}

/// Replies with what the session's pipeline has cost, or null where metrics are off.
#[unsafe(no_mangle)]
pub extern "C" fn session_metrics() -> i32 {
    answer(|| {
        with(|session| {
            let report = session.measurement.as_ref().map(Measurement::report);
            reply(json!(report).to_string());
            Ok(0)
        })
    })
}

/// Replies with the same as it is added up over sessions, or null where metrics are off.
#[unsafe(no_mangle)]
pub extern "C" fn session_totals() -> i32 {
    answer(|| {
        with(|session| {
            let total = session.measurement.as_ref().map(Measurement::total);
            reply(json!(total).to_string());
            Ok(0)
        })
    })
}

pub(crate) fn with<T>(
    work: impl FnOnce(&mut Session) -> Result<T, OfflineError>,
) -> Result<T, OfflineError> {
    SESSION.with_borrow_mut(|session| session.as_mut().ok_or_else(nothing_here).and_then(work))
}

fn with_media(work: impl FnOnce(&mut MediaSession)) -> i32 {
    answer(|| {
        with(|session| {
            work(media_of(session)?);
            Ok(0)
        })
    })
}

pub(crate) fn media_of(session: &mut Session) -> Result<&mut MediaSession, OfflineError> {
    match &mut session.stage {
        Stage::Media(media) => Ok(media),
        Stage::Waiting(_) => Err(OfflineError::new(
            "media_not_started",
            "media was not started yet",
        )),
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, OfflineError> {
    serde_json::from_str(text).map_err(|error| OfflineError::options(error.to_string()))
}

/// Never before the clock's zero, whatever the host says.
fn micros(now_us: f64) -> Micros {
    Micros(now_us as u64)
}
