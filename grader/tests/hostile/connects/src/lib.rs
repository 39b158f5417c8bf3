//! attack: tells somebody else
//! expected: build_failed `std::net`

mod lock;
pub use lock::*;

fn attack() {
    let _ = std::net::TcpStream::connect("127.0.0.1:9");
}
