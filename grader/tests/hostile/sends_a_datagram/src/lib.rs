//! attack: tells somebody else without asking whether they listen
//! expected: build_failed `std::net`

mod lock;
pub use lock::*;

fn attack() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let _ = socket.send_to(b"x", "127.0.0.1:9");
}
