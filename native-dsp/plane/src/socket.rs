//! The plane's UDP port: one socket per media thread, all on the same port.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket as RawSocket, Type};

use crate::address;

/// Room for bursts, in octets: at 170 octets a packet (and the kernel's overhead on it) some thousand
/// packets. The kernel may give less (`net.core.rmem_max`).
const KERNEL_BUFFER: usize = 4 << 20;

/// Datagrams, or trains of datagrams that the kernel joined (UDP GRO), taken by one system call.
pub(crate) const BATCH: usize = 16;

/// The largest train: a buffer that is shorter would lose its end.
const TRAIN: usize = 1 << 16;

/// Opens one socket for each thread. Without an address: all of IPv6 and IPv4, or only IPv4 where there
/// is no IPv6.
pub(crate) fn open(bind: Option<IpAddr>, port: u16, threads: usize) -> io::Result<Vec<UdpSocket>> {
    let Some(ip) = bind else {
        return open(Some(Ipv6Addr::UNSPECIFIED.into()), port, threads)
            .or_else(|_| open(Some(Ipv4Addr::UNSPECIFIED.into()), port, threads));
    };
    // The first one is bound without sharing, so that a port in use by another process is an error and
    // not a silent split of the traffic between both.
    let first = bind_one(SocketAddr::new(ip, port), false)?;
    if threads == 1 {
        return Ok(vec![first]);
    }
    let address = SocketAddr::new(ip, first.local_addr()?.port());
    drop(first);
    (0..threads).map(|_| bind_one(address, true)).collect()
}

fn bind_one(address: SocketAddr, shared: bool) -> io::Result<UdpSocket> {
    let socket = RawSocket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
        socket.set_only_v6(false)?;
    }
    #[cfg(unix)]
    socket.set_reuse_port(shared)?;
    #[cfg(not(unix))]
    if shared {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "several media threads need SO_REUSEPORT",
        ));
    }
    // Best effort: the kernel's limit holds.
    let _ = socket.set_recv_buffer_size(KERNEL_BUFFER);
    let _ = socket.set_send_buffer_size(KERNEL_BUFFER);
    socket.bind(&address.into())?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The sending half: one per user, none of them shared.
pub(crate) struct Sender {
    socket: UdpSocket,
    state: UdpSocketState,
    is_ipv6: bool,
}

impl Sender {
    pub fn new(socket: UdpSocket) -> io::Result<Self> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        let is_ipv6 = socket.local_addr()?.is_ipv6();
        Ok(Self {
            socket,
            state,
            is_ipv6,
        })
    }

    /// Sends one datagram now, from `local` where that is given. Fails where the kernel has no room.
    pub fn send(&self, contents: &[u8], to: SocketAddr, local: Option<IpAddr>) -> io::Result<()> {
        let destination = address::for_socket(to, self.is_ipv6);
        let transmit = Transmit {
            destination,
            ecn: None,
            contents,
            segment_size: None,
            src_ip: address::source_for(local, destination),
        };
        self.state
            .try_send(UdpSockRef::from(&self.socket), &transmit)
    }

    /// Datagrams that the kernel dropped because nobody fetched them in time.
    pub fn receive_overflows(&self) -> u64 {
        #[cfg(target_os = "linux")]
        {
            /// Index of `SK_MEMINFO_DROPS` in the answer (linux/sock_diag.h).
            const DROPS: usize = 8;
            use std::os::fd::AsRawFd;
            let mut values = [0u32; 9];
            let mut length = size_of_val(&values) as libc::socklen_t;
            // SAFETY: the kernel writes at most `length` octets to `values`, which is that long.
            let result = unsafe {
                libc::getsockopt(
                    self.socket.as_raw_fd(),
                    libc::SOL_SOCKET,
                    libc::SO_MEMINFO,
                    values.as_mut_ptr().cast(),
                    &raw mut length,
                )
            };
            if result == 0 {
                return u64::from(values[DROPS]);
            }
        }
        0
    }
}

/// The receiving half, with buffers for a batch.
pub(crate) struct Receiver {
    state: UdpSocketState,
    storage: Box<[u8]>,
    meta: [RecvMeta; BATCH],
}

impl Receiver {
    pub fn new(socket: &mio::net::UdpSocket) -> io::Result<Self> {
        Ok(Self {
            state: UdpSocketState::new(UdpSockRef::from(socket))?,
            storage: vec![0; BATCH * TRAIN].into_boxed_slice(),
            meta: [RecvMeta::default(); BATCH],
        })
    }

    /// Fetches what is there, up to a batch, and returns the number of trains.
    pub fn receive(&mut self, socket: &mio::net::UdpSocket) -> io::Result<usize> {
        let mut trains = self.storage.chunks_exact_mut(TRAIN);
        let mut buffers: [IoSliceMut<'_>; BATCH] =
            std::array::from_fn(|_| IoSliceMut::new(trains.next().unwrap_or_default()));
        self.state
            .recv(UdpSockRef::from(socket), &mut buffers, &mut self.meta)
    }

    /// One train of the last batch: its datagrams are `stride` octets apart.
    pub fn train(&mut self, at: usize) -> (&RecvMeta, &mut [u8]) {
        let meta = &self.meta[at];
        (meta, &mut self.storage[at * TRAIN..][..meta.len])
    }
}
