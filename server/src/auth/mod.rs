//! Who is it: passwords, the one-time secret, participants' tokens, and the guard on guessing.

mod guesses;
mod one_time;
mod passwords;
mod tokens;

pub use guesses::{Guesses, TooMany, Try, network};
pub use one_time::OneTime;
pub use passwords::{hash_password, verify_password};
pub use tokens::{Claims, Tokens};
