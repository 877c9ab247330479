//! One spelling for every peer address: a dual-stack socket sees IPv4 peers as mapped IPv6 addresses
//! (RFC 4291, section 2.5.5.2), and JavaScript knows them as IPv4.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// The address as peers and JavaScript write it.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// The address as a socket of this family takes it.
pub(crate) fn for_socket(address: SocketAddr, is_ipv6: bool) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if is_ipv6 => {
            SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0).into()
        }
        other => other,
    }
}

/// Own address to send from, as a socket of this family takes it; nothing where it does not fit the
/// destination or names no address.
pub(crate) fn source_for(local: Option<IpAddr>, destination: SocketAddr) -> Option<IpAddr> {
    let local = local?.to_canonical();
    match (local, destination.ip()) {
        (local, _) if local.is_unspecified() => None,
        (IpAddr::V4(_), IpAddr::V4(_)) => Some(local),
        (IpAddr::V4(v4), IpAddr::V6(v6)) if is_mapped(v6) => Some(v4.into()),
        (IpAddr::V6(_), IpAddr::V6(v6)) if !is_mapped(v6) => Some(local),
        _ => None,
    }
}

fn is_mapped(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_peers_of_a_dual_stack_socket_are_written_as_ipv4_and_found_again() {
        let peer: SocketAddr = "192.0.2.7:4000".parse().unwrap();
        let mapped = for_socket(peer, true);
        assert_eq!(mapped.to_string(), "[::ffff:192.0.2.7]:4000");
        assert_eq!(canonical(mapped), peer);
        assert_eq!(for_socket(peer, false), peer);
    }

    #[test]
    fn the_source_address_must_fit_the_destination() {
        let v6: SocketAddr = "[2001:db8::1]:1".parse().unwrap();
        let v4: SocketAddr = "192.0.2.7:1".parse().unwrap();
        let local: IpAddr = "192.0.2.1".parse().unwrap();
        assert_eq!(source_for(Some(local), v4), Some(local));
        assert_eq!(source_for(Some(local), for_socket(v4, true)), Some(local));
        assert_eq!(source_for(Some(local), v6), None);
        assert_eq!(source_for("::".parse().ok(), v6), None);
    }
}
