//! A name server with one address for every name, except names that begin with `unknown` (RFC 1035 §4), or with a fault.

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

/// It runs until the process or its network ends.
pub struct NameServer {
    asked: Arc<Mutex<Vec<String>>>,
}

/// The response code for a name and, if true, for type A. With code 0, there is an address for type A alone; [`EMPTY`]
/// is a success without one.
pub type Rule = fn(&str, bool) -> u8;

pub const EMPTY: u8 = 0xff;
pub const SERVFAIL: u8 = 2;
pub const NXDOMAIN: u8 = 3;
pub const NOTIMP: u8 = 4;
pub const REFUSED: u8 = 5;

const HEAD: usize = 12;
const A: [u8; 2] = [0, 1];

impl NameServer {
    /// On the DNS port, so it needs the test's own network.
    pub fn start(address: Ipv4Addr) -> Self {
        Self::with(address, |name, _| if name.starts_with("unknown") { NXDOMAIN } else { 0 })
    }

    pub fn with(address: Ipv4Addr, rule: Rule) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53)).unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let names = Arc::clone(&asked);
        thread::spawn(move || {
            let mut packet = [0; 512];
            while let Ok((length, peer)) = socket.recv_from(&mut packet) {
                let (name, answer) = answer(&packet[..length], address, rule);
                names.lock().unwrap().push(name);
                socket.send_to(&answer, peer).unwrap();
            }
        });
        Self { asked }
    }

    pub fn was_asked_for(&self, name: &str) -> bool {
        self.asked.lock().unwrap().iter().any(|asked| asked == name)
    }
}

/// The queried name, and the response.
fn answer(query: &[u8], address: Ipv4Addr, rule: Rule) -> (String, Vec<u8>) {
    let mut labels = Vec::new();
    let mut at = HEAD;
    while query[at] > 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).into_owned());
        at = end;
    }
    let question = &query[HEAD..at + 5];
    let name = labels.join(".");
    let is_a = question[question.len() - 4..question.len() - 2] == A;
    let code = rule(&name, is_a);
    let is_answered = code == 0 && is_a;
    let code = if code == EMPTY { 0 } else { code };
    // The same id; a recursive response with the code; one question, one answer or none.
    let mut packet = [&query[..2], &[0x81, 0x80 | code, 0, 1, 0, u8::from(is_answered), 0, 0, 0, 0], question].concat();
    if is_answered {
        // The name of the question; type A, class IN, a minute, four bytes.
        packet.extend([0xc0, HEAD as u8, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        packet.extend(address.octets());
    }
    (name, packet)
}
